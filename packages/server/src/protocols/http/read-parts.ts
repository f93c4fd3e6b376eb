import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { Dicer } from '@fastify/busboy'
import { ServiceError } from '../../domain/errors.ts'
import { takeArrived } from './arrived-body.ts'
import { splitParts } from './split-parts.ts'

/** One part of a multipart body. Its body must be read before the next part is available. */
export interface Part {
  /** Header values by lower-case name, with one byte per character. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: Readable
}

export const MAX_PARTS = 100
/** Upper bound of the headers of a part; a file name needs at most 3 KiB. */
export const MAX_HEADER_BYTES = 8 * 1024
/** Upper bound of the parser of streams; RFC 2046 allows 70. */
const MAX_BOUNDARY_BYTES = 252
const LIMITS = { maxParts: MAX_PARTS, maxHeaders: 32, maxHeaderBytes: MAX_HEADER_BYTES }

/**
 * Splits a multipart body into its parts as a stream, with backpressure. When the iteration ends early, the rest of
 * the body stays unread. Throws VALIDATION_ERROR for too many parts, and INVALID_REQUEST for a boundary that is too long,
 * and for a malformed or incomplete body; the body of the current part then fails too.
 */
export async function* readParts(source: Readable | IncomingMessage, boundary: string): AsyncGenerator<Part> {
  if (Buffer.byteLength(boundary) > MAX_BOUNDARY_BYTES) throw longBoundary()
  const arrived = 'complete' in source ? takeArrived(source) : null
  const known = arrived === null ? null : splitParts(arrived, boundary, LIMITS)
  if (known === null) yield* parseParts(source, boundary, arrived)
  else for (const { headers, bytes } of known) yield { headers, body: streamOf(bytes) }
}

/** Returns the bytes as a stream, with less work than `Readable.from`. */
function streamOf(bytes: Buffer): Readable {
  return new Readable({
    read() {
      if (bytes.length > 0) this.push(bytes)
      this.push(null)
    },
  })
}

/** Parses the body as it arrives. `arrived` has all bytes if they were taken from the source; null otherwise. */
async function* parseParts(source: Readable, boundary: string, arrived: Buffer | null): AsyncGenerator<Part> {
  const parts = new Readable({ objectMode: true, read: () => {} })
  const parser = createParser(boundary, parts)
  const onData = (chunk: Buffer) => {
    if (!parser.write(chunk)) source.pause()
  }
  const onEnd = () => parser.end()
  const onClose = () => {
    if (!source.readableEnded) parser.fail(unreadable())
  }
  if (arrived === null) {
    source.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
    parser.onDrain(() => source.resume())
  } else {
    parser.write(arrived)
    parser.end()
  }
  try {
    yield* parts as AsyncIterable<Part>
  } finally {
    source.off('data', onData).off('end', onEnd).off('close', onClose)
  }
}

interface Parser {
  /** Writes a chunk; returns false when the caller must wait for a drain. */
  write(chunk: Buffer): boolean
  end(): void
  onDrain(listener: () => void): void
  fail(error: Error): void
}

function createParser(boundary: string, parts: Readable): Parser {
  const config = { boundary, maxHeaderPairs: LIMITS.maxHeaders, maxHeaderSize: LIMITS.maxHeaderBytes }
  const dicer = new Dicer(config as ConstructorParameters<typeof Dicer>[0])
  let count = 0
  let isOver = false
  let current: Readable | null = null

  const fail = (error: Error) => {
    isOver = true
    current?.destroy(error)
    parts.destroy(error)
  }
  dicer.on('part', (body) => {
    body.on('error', () => {})
    if (isOver) return void body.resume()
    count++
    if (count > MAX_PARTS) return fail(tooManyParts())
    current = body
    body.on('header', (headers) => {
      if (!isOver) parts.push({ headers: headers as Part['headers'], body })
    })
  })
  dicer.on('finish', () => {
    isOver = true
    parts.push(null)
  })
  dicer.on('error', () => fail(unreadable()))
  return {
    // Bytes after the last boundary belong to no part.
    write: (chunk) => isOver || !dicer.writable || dicer.write(chunk),
    end: () => {
      if (!isOver && dicer.writable) dicer.end()
    },
    onDrain: (listener) => void dicer.on('drain', listener),
    fail,
  }
}

function unreadable(): ServiceError {
  return new ServiceError('INVALID_REQUEST', 'the multipart body is malformed or incomplete')
}

function longBoundary(): ServiceError {
  const rule = `the boundary of a multipart body may have at most ${MAX_BOUNDARY_BYTES} bytes`
  return new ServiceError('INVALID_REQUEST', rule)
}

function tooManyParts(): ServiceError {
  const details = { field: 'file', value: null }
  return new ServiceError('VALIDATION_ERROR', `send at most ${MAX_PARTS} parts`, details)
}
