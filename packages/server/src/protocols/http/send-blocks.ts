import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { releaseBuffer } from '../../platform/release-buffer.ts'

/** Body of no bytes for a response with the type of a file. Fastify would add a charset to JSON types of an empty string. */
export const NO_BYTES = Buffer.alloc(0)

/**
 * Sends the blocks of an object as a body. An error cuts the connection, because the response has already begun; the log
 * then has it with the facts.
 */
export function sendBlocks(
  reply: FastifyReply,
  blocks: Readable,
  facts: Readonly<Record<string, string>> = {},
): FastifyReply {
  blocks.on('error', (error) => {
    reply.request.log.error({ err: error, ...facts }, 'a download was cut')
  })
  releaseSentBuffers(blocks, reply.raw)
  return reply.send(blocks)
}

/**
 * Releases each block of a response after it has left the process. A block is larger than the buffer of a response, so
 * the response emits "drain" after each one. When nothing is left to write, all written blocks have been sent.
 */
function releaseSentBuffers(blocks: Readable, response: ServerResponse): void {
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
