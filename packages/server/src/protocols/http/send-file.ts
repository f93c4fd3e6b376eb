import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import { requestedRange } from './byte-range.ts'
import { validatorsOf } from './content-headers.ts'
import { evaluatePreconditions, rangeApplies } from './preconditions.ts'
import { NO_BYTES, sendBlocks } from './send-blocks.ts'

export interface SentFile {
  readonly file: File
  /** Headers of a response with the bytes. */
  readonly headers: Readonly<Record<string, string>>
  /** Opens the bytes, or a range of them; null for a response without a body. */
  read(range: ByteRange | null): Promise<Readable | null>
}

/**
 * Evaluates the conditions of a GET or HEAD. Returns the requested range, null for all bytes; sends the response and
 * returns `sent` when the client has the current bytes. Throws PRECONDITION_FAILED and RANGE_NOT_SATISFIABLE.
 */
export function negotiateRange(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { file, headers: contentHeaders }: Pick<SentFile, 'file' | 'headers'>,
): ByteRange | null | 'sent' {
  const validators = validatorsOf(file)
  const precondition = evaluatePreconditions(headers, validators)
  if (precondition === 'failed') throw new ServiceError('PRECONDITION_FAILED', 'the file has another version')
  if (precondition === 'not-modified') {
    reply.code(304).headers(contentHeaders).removeHeader('content-type').send()
    return 'sent'
  }
  const rangeHeader = rangeApplies(headers['if-range'] as string | undefined, validators)
    ? headers.range
    : undefined
  const requested = requestedRange(rangeHeader, file.sizeBytes)
  if (requested.kind === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.sizeBytes}`)
    throw new ServiceError('RANGE_NOT_SATISFIABLE', `the file has ${file.sizeBytes} bytes`)
  }
  return requested.kind === 'part' ? requested.range : null
}

/** Sends the bytes of a file, or the requested range of them, under the conditions of the request. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  sent: SentFile,
): Promise<FastifyReply> {
  const range = negotiateRange(request, reply, sent)
  if (range === 'sent') return reply
  const { file, headers } = sent
  // Opened before any header is set: an error must not have the headers of a file, which allow caching.
  const bytes = await sent.read(range)
  reply.headers(headers)
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`)
  reply.header('content-length', range ? range.end - range.start + 1 : file.sizeBytes)
  if (bytes === null) return reply.send(NO_BYTES)
  return sendBlocks(reply, bytes, { file_id: file.id })
}
