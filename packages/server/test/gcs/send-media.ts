import type { OutgoingHttpHeaders } from 'node:http'
import { type Exchange, sendError } from './exchange.ts'
import type { FixtureObject } from './fixture-bucket.ts'

/** Sends the bytes, or the single requested range, with Google's headers. */
export async function sendMedia(
  { request, response }: Exchange,
  { metadata, bytes }: FixtureObject,
  headers: OutgoingHttpHeaders,
): Promise<void> {
  const common = {
    'content-type': metadata.contentType,
    'accept-ranges': 'bytes',
    'x-goog-generation': metadata.generation,
    'x-goog-hash': `crc32c=${metadata.crc32c}`,
    'x-goog-stored-content-encoding': 'identity',
    ...headers,
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  if (!range) {
    response.writeHead(200, { ...common, 'content-length': bytes.length })
    return void response.end(request.method === 'HEAD' ? undefined : bytes)
  }
  const start = Number(range[1])
  const end = Math.min(range[2] ? Number(range[2]) : Number.POSITIVE_INFINITY, bytes.length - 1)
  if (start > end) return sendError(response, 416, 'The requested range cannot be satisfied.')
  response.writeHead(206, {
    ...common,
    'content-length': end - start + 1,
    'content-range': `bytes ${start}-${end}/${bytes.length}`,
  })
  response.end(bytes.subarray(start, end + 1))
}
