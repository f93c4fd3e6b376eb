import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { releaseBuffer } from '../../platform/release-buffer.ts'

/**
 * Releases each block of a response after it has left the process. A block is larger than the buffer of a response, so
 * the response emits "drain" after each one. When nothing is left to write, all written blocks have been sent.
 */
export function releaseSentBuffers(blocks: Readable, response: ServerResponse): void {
  let written: Buffer[] = []
  blocks.on('data', (block: Buffer) => {
    written.push(block)
  })
  // Listening for data would start the stream. The sender starts it when the response is ready.
  blocks.pause()
  response.on('drain', () => {
    if (response.writableLength > 0 || (response.socket?.writableLength ?? 1) > 0) return
    for (const block of written) releaseBuffer(block)
    written = []
  })
}
