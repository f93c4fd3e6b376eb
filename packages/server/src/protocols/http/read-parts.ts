import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { takeArrived } from './arrived-body.ts'
import { createPartParser, type PartHeaders } from './parse-parts.ts'
import { type PartDisposition, parsePartDisposition } from './part-disposition.ts'

/** One part of a form. Its body must be read before the next part is available. */
export interface Part {
  readonly headers: PartHeaders
  readonly disposition: PartDisposition
  readonly body: Readable
}

/** Upper bound of a boundary; RFC 2046 allows 70 bytes. */
const MAX_BOUNDARY_BYTES = 252

/**
 * Splits a form (RFC 7578) into its parts as a stream, with backpressure. When the iteration ends early, the rest of the
 * body stays unread. Throws VALIDATION_ERROR for too many parts, and INVALID_REQUEST for a boundary that is too long, for
 * a malformed or incomplete body, and for a part without the name of its field; the body of the current part then fails
 * too.
 */
export async function* readParts(source: Readable | IncomingMessage, boundary: string): AsyncGenerator<Part> {
  if (boundary.length > MAX_BOUNDARY_BYTES) throw longBoundary()
  const arrived = 'complete' in source ? takeArrived(source) : null
  if (arrived === null) yield* parseStream(source, boundary)
  else
    for (const { headers, bytes } of parseArrived(arrived, boundary)) {
      const disposition = dispositionOf(headers)
      yield { headers, disposition, body: streamOf(bytes) }
    }
}

/** Returns the parts of a complete body. Throws like `readParts`. */
function parseArrived(body: Buffer, boundary: string) {
  const parts: { headers: PartHeaders; bytes: Buffer | null }[] = []
  const parser = createPartParser(boundary, {
    onPart: (headers) => void parts.push({ headers, bytes: null }),
    onBytes: (bytes) => {
      const part = parts.at(-1)
      if (part !== undefined) part.bytes = bytes
    },
    onPartEnd: () => {},
  })
  parser.write(body)
  parser.end()
  return parts
}

/** Returns the bytes as a stream, with less work than `Readable.from`. */
function streamOf(bytes: Buffer | null): Readable {
  return new Readable({
    read() {
      if (bytes !== null) this.push(bytes)
      this.push(null)
    },
  })
}

/** Parses the body as it arrives. */
async function* parseStream(source: Readable, boundary: string): AsyncGenerator<Part> {
  const parts = new Readable({ objectMode: true, read: () => {} })
  let current: Readable | null = null
  let hasRoom = true
  const parser = createPartParser(boundary, {
    onPart: (headers) => {
      const disposition = dispositionOf(headers)
      const body: Readable = new Readable({
        read: () => {
          if (body === current) source.resume()
        },
      })
      body.on('error', () => {})
      current = body
      parts.push({ headers, disposition, body })
    },
    onBytes: (bytes) => {
      hasRoom = current?.push(bytes) ?? true
    },
    onPartEnd: () => {
      current?.push(null)
      current = null
      hasRoom = true
    },
  })
  const attempt = (step: () => void) => {
    if (parts.destroyed) return
    try {
      step()
      if (parser.isOver()) parts.push(null)
    } catch (error) {
      fail(error as Error)
    }
  }
  const fail = (error: Error) => {
    current?.destroy(error)
    parts.destroy(error)
  }
  const onData = (chunk: Buffer) => {
    // Bytes after the last boundary belong to no part.
    if (parser.isOver()) return
    attempt(() => parser.write(chunk))
    if (!hasRoom) source.pause()
  }
  const onEnd = () => {
    if (!parser.isOver()) attempt(() => parser.end())
  }
  const onClose = () => {
    if (!source.readableEnded) fail(unreadable())
  }
  source.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  try {
    yield* parts as AsyncIterable<Part>
  } finally {
    source.off('data', onData).off('end', onEnd).off('close', onClose)
  }
}

/** Throws INVALID_REQUEST without exactly one disposition with the name of a field (RFC 7578, section 4.2). */
function dispositionOf(headers: PartHeaders): PartDisposition {
  const [disposition = '', ...others] = headers['content-disposition'] ?? []
  const parsed = others.length > 0 ? null : parsePartDisposition(disposition)
  if (parsed !== null) return parsed
  throw new ServiceError('INVALID_REQUEST', 'a part of the multipart body does not name its field')
}

function unreadable(): ServiceError {
  return new ServiceError('INVALID_REQUEST', 'the multipart body is incomplete')
}

function longBoundary(): ServiceError {
  const rule = `the boundary of a multipart body may have at most ${MAX_BOUNDARY_BYTES} bytes`
  return new ServiceError('INVALID_REQUEST', rule)
}
