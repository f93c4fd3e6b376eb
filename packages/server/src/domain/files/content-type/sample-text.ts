/** Control characters of text: backspace, tab, line feed, form feed, carriage return and escape. */
const CONTROLS_OF_TEXT: readonly number[] = [0x08, 0x09, 0x0a, 0x0c, 0x0d, 0x1b]

const IS_TEXT_CODE: readonly boolean[] = Array.from({ length: 0x20 }, (_, code) =>
  CONTROLS_OF_TEXT.includes(code),
)

export type Unicode16 = 'utf-16le' | 'utf-16be'

/**
 * Tells if a file's beginning is text: UTF-8, any 8-bit encoding, or UTF-16 with a byte order mark or with characters
 * that have a zero byte. A character that is cut at the end of the sample is accepted.
 */
export function isTextSample(sample: Uint8Array): boolean {
  const unicode16 = unicode16Of(sample)
  if (unicode16 !== null) return isUnicode16Text(sample, unicode16)
  for (const byte of sample) {
    if (byte < 0x20 && !IS_TEXT_CODE[byte]) return false
  }
  return true
}

/** Returns the UTF-16 encoding by the byte order mark or the first zero bytes; null when it is not UTF-16. */
export function unicode16Of(sample: Uint8Array): Unicode16 | null {
  const [first, second] = sample
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (sample.length < 4) return null
  if (first !== 0 && second === 0 && sample[2] !== 0 && sample[3] === 0) return 'utf-16le'
  if (first === 0 && second !== 0 && sample[2] === 0 && sample[3] !== 0) return 'utf-16be'
  return null
}

function isUnicode16Text(sample: Uint8Array, encoding: Unicode16): boolean {
  const codeUnits = sample.subarray(0, sample.length & ~1)
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(codeUnits, { stream: true })
  } catch {
    return false
  }
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code < 0x20 && !IS_TEXT_CODE[code]) || code >= 0xfffe) return false
  }
  return true
}
