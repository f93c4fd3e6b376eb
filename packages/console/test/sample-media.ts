import type { Browser } from 'playwright-core'

const SAMPLES_PER_SECOND = 8000
const HEADER_BYTES = 44

/** Returns a tone of this duration in seconds, as a WAV file: 8 bits, one channel. */
export function sampleWav(seconds: number): Buffer {
  const samples = seconds * SAMPLES_PER_SECOND
  const wav = Buffer.alloc(HEADER_BYTES + samples)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(HEADER_BYTES - 8 + samples, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(SAMPLES_PER_SECOND, 24)
  wav.writeUInt32LE(SAMPLES_PER_SECOND, 28)
  wav.writeUInt16LE(1, 32)
  wav.writeUInt16LE(8, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(samples, 40)
  for (let sample = 0; sample < samples; sample++) {
    const angle = (2 * Math.PI * 440 * sample) / SAMPLES_PER_SECOND
    wav[HEADER_BYTES + sample] = 128 + Math.round(60 * Math.sin(angle))
  }
  return wav
}

/** Some frames of a square that changes its colour, as the browser records them: WebM with VP8. */
export async function recordWebm(browser: Browser, width: number, height: number): Promise<Buffer> {
  const page = await browser.newPage()
  const base64 = await page.evaluate(
    async ([wide, high]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: wide, height: high })
      const context = canvas.getContext('2d')
      const recorder = new MediaRecorder(canvas.captureStream(), { mimeType: 'video/webm;codecs=vp8' })
      const pieces: Blob[] = []
      recorder.ondataavailable = ({ data }) => pieces.push(data)
      const stopped = new Promise((resolve) => {
        recorder.onstop = resolve
      })
      recorder.start()
      for (let frame = 0; frame < 30; frame++) {
        await new Promise(requestAnimationFrame)
        if (context) context.fillStyle = `hsl(${frame * 12} 80% 50%)`
        context?.fillRect(0, 0, canvas.width, canvas.height)
      }
      recorder.stop()
      await stopped
      const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer())
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    },
    [width, height] as const,
  )
  await page.close()
  return Buffer.from(base64, 'base64')
}
