import { createHash, hash, type KeyObject } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { problem, type S3Problem } from './problem.ts'
import { isSignature } from './verify-signature.ts'

/** Properties of a body in the form `aws-chunked`. */
export interface ChunkedBodyOptions {
  /** Chain of signatures; null for chunks without signatures. */
  readonly signing: ChunkSigning | null
  /** True when lines follow the last chunk. */
  readonly hasTrailer: boolean
  /** Name of the trailer that the request announced, in lower case; null for none. */
  readonly trailerName: string | null
  /** Bytes of all chunks together, which `x-amz-decoded-content-length` tells. */
  readonly decodedBytes: number
}

export interface ChunkSigning {
  readonly signingKey: KeyObject
  /** Time of the request's signature as `YYYYMMDDTHHMMSSZ`. */
  readonly timestamp: string
  /** Credential scope without the access key id. */
  readonly scope: string
  /** Signature of the request, the first of the chain. */
  readonly seedSignature: string
}

export interface ChunkedBody {
  /**
   * Input: the body of the request. Output: its content. It fails when the framing or a signature is wrong, so that
   * content before the failure must not count until the end.
   */
  readonly stream: Transform
  /** Returns the reason of a failure; null while there is none. */
  problem(): S3Problem | null
  /** Returns the value of the announced trailer after the end; null for none. */
  trailer(): string | null
}

type State = 'header' | 'data' | 'data-end' | 'trailer' | 'done'

const MAX_LINE_BYTES = 1024
/** Smallest chunk before the last one, as AWS requires it. */
const MIN_CHUNK_BYTES = 8 * 1024
const EMPTY_SHA256 = hash('sha256', '', 'hex')
const CHUNK_HEADER = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/** Reads a body that consists of chunks, with or without signatures and a trailer. */
export function createChunkedBody(options: ChunkedBodyOptions): ChunkedBody {
  const chunks = createChunkChecks(options)
  const trailers = createTrailerChecks(options, chunks.lastSignature)
  let state: State = 'header'
  let line: Buffer = Buffer.alloc(0)
  let found: S3Problem | null = null

  /** Handles a complete line; returns the next state, or a problem. */
  const onLine = (text: string): State | S3Problem => {
    if (state === 'header') return chunks.begin(text) ?? (chunks.isLast() ? 'trailer' : 'data')
    if (state === 'data-end')
      return text === '' ? (chunks.end() ?? 'header') : malformed('a chunk has no end')
    if (text !== '') return trailers.add(text) ?? 'trailer'
    // The library of MinIO for Go puts an empty line before the signature.
    return trailers.isWaiting() ? 'trailer' : (trailers.end() ?? 'done')
  }

  /** Consumes one more end of line, which the library of MinIO for Go sends. */
  const consumeRest = (input: Buffer, start: number): number | S3Problem => {
    line = Buffer.concat([line, input.subarray(start, start + MAX_LINE_BYTES)])
    return '\r\n'.startsWith(line.toString('latin1'))
      ? input.length
      : malformed('bytes follow the last chunk')
  }

  /** Consumes input from `start`; returns the position after it, or a problem. */
  const consume = (input: Buffer, start: number, push: (content: Buffer) => void): number | S3Problem => {
    if (state === 'done') return consumeRest(input, start)
    if (state === 'data') {
      const content = input.subarray(start, start + chunks.remainingBytes())
      chunks.update(content)
      push(content)
      if (chunks.remainingBytes() === 0) state = 'data-end'
      return start + content.length
    }
    const feed = input.indexOf(0x0a, start)
    const end = feed === -1 ? input.length : feed + 1
    if (line.length + end - start > MAX_LINE_BYTES) return malformed('a line is too long')
    line = Buffer.concat([line, input.subarray(start, end)])
    if (feed === -1) return end
    const hasReturn = line.at(-2) === 0x0d
    // The library of MinIO for Go ends the trailer with LF alone.
    if (!hasReturn && state !== 'trailer') return malformed('a line must end with CR and LF')
    const next = onLine(line.toString('latin1', 0, line.length - (hasReturn ? 2 : 1)))
    line = Buffer.alloc(0)
    if (typeof next !== 'string') return next
    state = next
    return end
  }

  const fail = (reason: S3Problem, done: TransformCallback) => {
    found = reason
    done(new Error(reason.message))
  }

  const stream = new Transform({
    transform(input: Buffer, _encoding, done) {
      let position = 0
      while (position < input.length) {
        const next = consume(input, position, (content) => this.push(content))
        if (typeof next !== 'number') return fail(next, done)
        position = next
      }
      done()
    },
    flush(done) {
      if (state === 'done') return done()
      fail(problem('IncompleteBody', 'The request body terminated unexpectedly'), done)
    },
  })
  return { stream, problem: () => found, trailer: trailers.value }
}

/** Checks of the chunks: their sizes, the sum of them and the chain of signatures. */
function createChunkChecks({ signing, decodedBytes }: ChunkedBodyOptions) {
  let sizeBytes = 0
  let remainingBytes = 0
  let receivedBytes = 0
  let isLast = false
  let isShort = false
  let signature: string | null = null
  let previous = signing?.seedSignature ?? ''
  let digest = createHash('sha256')

  const verify = (): S3Problem | null => {
    if (signing === null || signature === null) return null
    const { timestamp, scope, signingKey } = signing
    const contentSha256 = digest.digest('hex')
    const lines = ['AWS4-HMAC-SHA256-PAYLOAD', timestamp, scope, previous, EMPTY_SHA256, contentSha256]
    if (!isSignature(signature, signingKey, lines.join('\n'))) return wrongSignature('a chunk')
    previous = signature
    digest = createHash('sha256')
    return null
  }

  return {
    remainingBytes: () => remainingBytes,
    isLast: () => isLast,
    lastSignature: () => previous,

    /** Begins a chunk with its header line. */
    begin: (line: string): S3Problem | null => {
      const match = CHUNK_HEADER.exec(line)
      if (match === null || (match[2] === undefined) !== (signing === null)) {
        return malformed('the header of a chunk is malformed')
      }
      sizeBytes = Number.parseInt(match[1] ?? '', 16)
      remainingBytes = sizeBytes
      isLast = sizeBytes === 0
      signature = match[2] ?? null
      receivedBytes += sizeBytes
      if (receivedBytes > decodedBytes || (isLast && receivedBytes < decodedBytes)) return otherLength()
      if (isLast) return verify()
      if (isShort) {
        const text = 'Only the last chunk is allowed to have a size less than 8192 bytes'
        return problem('InvalidChunkSizeError', text)
      }
      isShort = sizeBytes < MIN_CHUNK_BYTES
      return null
    },

    update: (content: Buffer): void => {
      remainingBytes -= content.length
      if (signing !== null) digest.update(content)
    },

    end: verify,
  }
}

/** Checks of the lines after the last chunk. */
function createTrailerChecks(
  { signing, hasTrailer, trailerName }: ChunkedBodyOptions,
  lastSignature: () => string,
) {
  let value: string | null = null
  let signature: string | null = null

  return {
    value: () => value,
    isWaiting: () => signing !== null && value !== null && signature === null,

    add: (line: string): S3Problem | null => {
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase()
      const text = line.slice(colon + 1).trim()
      if (!hasTrailer) return malformed('lines follow the last chunk')
      if (name === TRAILER_SIGNATURE && signing !== null && signature === null) {
        signature = text
        return null
      }
      if (name === '' || name !== trailerName || value !== null || signature !== null)
        return malformedTrailer()
      value = text
      return null
    },

    end: (): S3Problem | null => {
      if (!hasTrailer) return null
      if (trailerName !== null && value === null) return malformedTrailer()
      if (signing === null) return null
      if (signature === null || !/^[0-9a-f]{64}$/.test(signature)) return malformedTrailer()
      const { timestamp, scope, signingKey } = signing
      const content = hash('sha256', trailerName === null ? '' : `${trailerName}:${value}\n`, 'hex')
      const lines = ['AWS4-HMAC-SHA256-TRAILER', timestamp, scope, lastSignature(), content]
      return isSignature(signature, signingKey, lines.join('\n')) ? null : wrongSignature('the trailer')
    },
  }
}

function malformed(text: string): S3Problem {
  return problem('InvalidRequest', `The body is not in the form aws-chunked: ${text}.`)
}

function malformedTrailer(): S3Problem {
  return problem('MalformedTrailerError', 'The request contained trailing data that was not well-formed.')
}

function otherLength(): S3Problem {
  return problem(
    'IncompleteBody',
    'The body differs from the length that x-amz-decoded-content-length tells.',
  )
}

function wrongSignature(what: string): S3Problem {
  return problem('SignatureDoesNotMatch', `The signature of ${what} does not match.`)
}
