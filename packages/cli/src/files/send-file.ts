import { setTimeout as delay } from 'node:timers/promises'
import type { UploadedFile, UploadOptions, Waybill } from '@waybill/sdk'
import mime from 'mime'
import type { CommandIo } from '../command-io.ts'
import type { Display } from './display.ts'
import type { UploadItem } from './upload-items.ts'

/** Uploads of a command, which an interruption stops. */
export interface Uploads {
  readonly io: CommandIo
  readonly client: Waybill
  readonly display: Display
  /** Functions that stop the running uploads. Each resolves when its upload has ended or paused. */
  readonly stops: Set<() => Promise<void>>
}

const DEFAULT_TYPE = 'application/octet-stream'
/** Grace period after an interruption for uploads that cannot pause, such as a small file sent in one request. */
const GRACE_MS = 5000

/** Returns the content type of a file by the extension of its name. */
export function mimeTypeOf(filename: string): string {
  return mime.getType(filename) ?? DEFAULT_TYPE
}

/**
 * Uploads a file. Calls `onSent` synchronously after the upload, so that an interruption cannot lose its result. Rejects
 * with the error of the upload.
 */
export async function sendFile(
  { io, client, display, stops }: Uploads,
  { path, filename, sizeBytes, problem }: UploadItem,
  options: Pick<UploadOptions, 'path' | 'mimeType' | 'resume' | 'instant' | 'parallel'>,
  onSent: (file: UploadedFile) => void,
): Promise<void> {
  if (problem !== null) throw problem
  const line = display.file(filename, sizeBytes)
  const controller = new AbortController()
  let state = ''
  const sending = client.files.upload(path ?? io.stdin, {
    ...options,
    filename,
    signal: controller.signal,
    onProgress: (progress) => {
      state = progress.state
      line.update(progress)
    },
  })
  const sent = sending.then(onSent)
  const stop = async () => {
    if (path === null) {
      const reason = new Error('interrupted: standard input cannot be read again.')
      controller.abort(reason)
      io.stdin.destroy(reason)
    } else await sending.pause()
    if (state !== 'paused') await sent.catch(() => {})
  }
  stops.add(stop)
  try {
    await sent
  } finally {
    stops.delete(stop)
    line.end()
  }
}

/** Stops the running uploads. Resolves when they have ended or paused, or after the grace period. */
export async function stopUploads({ stops }: Uploads): Promise<void> {
  await Promise.race([Promise.all([...stops].map((stop) => stop())), delay(GRACE_MS)])
}
