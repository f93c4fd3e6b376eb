import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { releaseBuffer } from '../../platform/release-buffer.ts'

/**
 * Gives back each block of an answer once it has left the process. Blocks are larger than what a response takes without
 * asking its source to wait, so it drains after each; once nothing is left to write, all that was written is gone.
 */
export function giveBackSent(blocks: Readable, response: ServerResponse): void {
  let written: Buffer[] = []
  blocks.on('data', (block: Buffer) => {
    written.push(block)
  })
  // Listening must not begin the flow: whoever sends the blocks does, when the answer is ready.
  blocks.pause()
  response.on('drain', () => {
    if (response.writableLength > 0 || (response.socket?.writableLength ?? 1) > 0) return
    for (const block of written) releaseBuffer(block)
    written = []
  })
}
