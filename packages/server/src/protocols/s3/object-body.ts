import { type Readable, Transform } from 'node:stream'
import type { S3ChecksumAlgorithm } from './checksum-algorithms.ts'
import { type ChunkedBody, createChunkedBody } from './chunked-body.ts'
import { type ContentDigests, createContentCheck } from './content-check.ts'
import { headerValue } from './header-fields.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import { type AnnouncedChecksums, readAnnouncedChecksums } from './read-checksums.ts'
import { fieldsOf, type S3Request } from './s3-request.ts'
import { scopeOf } from './verify-signature.ts'

/** Content of an object or a part, without the framing of the request. */
export interface ObjectBody {
  /** It fails when the body is not what the client announced, after the last byte at the latest. */
  readonly stream: Readable
  readonly sizeBytes: number
  /** Returns the reason of a failure; null while there is none, and for a connection that was cut. */
  problem(): S3Problem | null
  /** Returns the digests after the end. */
  digests(): ContentDigests
  /** MD5 that the caller verifies, in base64; null for none. */
  readonly uncheckedMd5: string | null
  /** True when the digests have the MD5. */
  readonly hasMd5: boolean
}

type BodyRequest = Pick<S3Request, 'raw' | 'target' | 'headers' | 'payload' | 'authorization' | 'signingKey'>

/** Use of an MD5 that the client announced: it is verified here, or left to the caller. */
export type Md5Use = 'checked' | 'unchecked'

/**
 * Opens the body of PutObject or UploadPart. `wanted` is the checksum of a part that its upload needs; null for any.
 * Problems are those of `readAnnouncedChecksums`, `MissingContentLength` and `InvalidRequest`.
 */
export function openObjectBody(
  request: BodyRequest,
  md5Use: Md5Use,
  wanted: S3ChecksumAlgorithm | null,
): ObjectBody | S3Problem {
  const { raw, payload } = request
  const all = readAnnounced(request, wanted)
  if (isProblem(all)) return all
  const announced = md5Use === 'unchecked' ? { ...all, md5: null } : all
  const sizeBytes = readBodyLength(request)
  if (isProblem(sizeBytes)) return sizeBytes
  const chunked = payload.kind === 'chunked' ? openChunks(request, sizeBytes, announced) : null
  if (announced.checksum?.kind === 'trailer' && !(payload.kind === 'chunked' && payload.hasTrailer)) {
    return problem('InvalidRequest', 'x-amz-trailer needs a body with a trailer.')
  }
  const uncheckedMd5 = md5Use === 'unchecked' ? all.md5 : null
  const computes = computedFor(wanted)
  const hasMd5 = announced.md5 !== null
  const isComputed = computes !== null || hasMd5 || announced.checksum !== null
  if (payload.kind === 'unsigned' && !isComputed) {
    // A stage costs a third of the speed.
    const digests = { md5: null, checksum: null }
    return { stream: raw, sizeBytes, problem: () => null, digests: () => digests, uncheckedMd5, hasMd5 }
  }
  const payloadSha256 = payload.kind === 'hashed' ? payload.sha256 : null
  const check = createContentCheck({ announced, payloadSha256, computes })
  const checked = createCheckedStream(check, () => chunked?.trailer() ?? null)
  connect(raw, chunked === null ? [checked.stream] : [chunked.stream, checked.stream])
  return {
    stream: checked.stream,
    sizeBytes,
    problem: () => chunked?.problem() ?? checked.problem(),
    digests: checked.digests,
    uncheckedMd5,
    hasMd5,
  }
}

/** Reads the announced checksums, which must not be of another algorithm than `wanted`. */
function readAnnounced(
  request: BodyRequest,
  wanted: S3ChecksumAlgorithm | null,
): AnnouncedChecksums | S3Problem {
  const fieldOf = fieldsOf(request)
  const queryOf = (name: string) => fieldOf(name) ?? fieldOf(toQueryCase(name))
  const isPresigned = request.authorization.form === 'query'
  const announced = readAnnouncedChecksums(request.headers, isPresigned ? queryOf : undefined)
  if (isProblem(announced)) return announced
  const { algorithm = wanted } = announced.checksum ?? {}
  if (wanted === null || algorithm === wanted) return announced
  return problem(
    'InvalidRequest',
    `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${algorithm?.toLowerCase()}`,
  )
}

/** The storage computes the CRC-32C of every part. */
function computedFor(wanted: S3ChecksumAlgorithm | null): S3ChecksumAlgorithm | null {
  return wanted === 'CRC32C' ? null : wanted
}

/** Opens the bytes of a part that are copied, for an upload that needs this checksum; null for none. */
export function openCopiedBody(
  source: Readable,
  wanted: S3ChecksumAlgorithm | null,
): Pick<ObjectBody, 'stream' | 'digests'> {
  const computes = computedFor(wanted)
  if (computes === null) return { stream: source, digests: () => ({ md5: null, checksum: null }) }
  const announced = { md5: null, checksum: null }
  const check = createContentCheck({ announced, payloadSha256: null, computes })
  const checked = createCheckedStream(check, () => null)
  connect(source, [checked.stream])
  return checked
}

/** Query fields of presigned URLs have the case of the header that they replace, which differs between SDKs. */
function toQueryCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/**
 * Returns the size of the content of a request, without framing. Problems are `MissingContentLength` and
 * `InvalidArgument`.
 */
export function readBodyLength({
  headers,
  payload,
}: Pick<BodyRequest, 'headers' | 'payload'>): number | S3Problem {
  const name = payload.kind === 'chunked' ? 'x-amz-decoded-content-length' : 'content-length'
  const value = headerValue(headers, name)
  if (value === null) {
    return problem('MissingContentLength', `You must provide the ${name} HTTP header.`)
  }
  if (!/^\d{1,15}$/.test(value)) return problem('InvalidArgument', `${name} is not a number of bytes.`)
  return Number(value)
}

function openChunks(
  { payload, authorization, signingKey }: BodyRequest,
  decodedBytes: number,
  { checksum }: AnnouncedChecksums,
): ChunkedBody {
  const { isSigned = false, hasTrailer = false } = payload.kind === 'chunked' ? payload : {}
  const { timestamp, signature: seedSignature } = authorization
  return createChunkedBody({
    signing: isSigned ? { signingKey, timestamp, scope: scopeOf(authorization), seedSignature } : null,
    hasTrailer,
    trailerName: checksum?.kind === 'trailer' ? checksum.name : null,
    decodedBytes,
  })
}

function createCheckedStream(check: ReturnType<typeof createContentCheck>, trailer: () => string | null) {
  let outcome: ContentDigests | S3Problem | null = null
  const stream = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      check.update(bytes)
      done(null, bytes)
    },
    flush(done) {
      outcome = check.finish(trailer())
      done(isProblem(outcome) ? new Error(outcome.message) : null)
    },
  })
  return {
    stream,
    problem: () => (isProblem(outcome) ? outcome : null),
    digests: () => {
      if (outcome === null || isProblem(outcome)) throw new Error('the body has not been verified')
      return outcome
    },
  }
}

/**
 * Connects the body with its stages. A failure of one fails the next ones, but not the connection: the client still gets
 * an answer, and the rest of the body is drained.
 */
function connect(raw: Readable, stages: readonly Transform[]): void {
  let source: Readable = raw
  for (const stage of stages) {
    const from = source
    const onClose = () => {
      if (!from.readableEnded) stage.destroy(new Error('the body is incomplete'))
    }
    from.on('error', (error) => stage.destroy(error))
    from.once('close', onClose)
    source = from.pipe(stage)
    // The client may have gone before the body was opened.
    if (from.destroyed) onClose()
  }
  // The reader of the last stage reports its failure.
  source.on('error', () => {})
}
