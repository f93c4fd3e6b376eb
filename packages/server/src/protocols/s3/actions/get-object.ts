import { type BucketFile, etagOf } from '../../../domain/files/bucket-file.ts'
import { partCountOf, partPlace } from '../../../domain/files/part-runs.ts'
import { getBucketFile, type ReadableBucketFile } from '../../../operations/buckets/get-bucket-file.ts'
import type { ByteRange } from '../../../storage/stored-object.ts'
import { requestedRange } from '../../http/byte-range.ts'
import { rangeApplies } from '../../http/preconditions.ts'
import { evaluateRead, readConditions } from '../conditions.ts'
import { quoteEtag } from '../etag.ts'
import { headerValue } from '../header-fields.ts'
import { checksumHeaders, objectHeaders, validatorHeaders } from '../object-headers.ts'
import { isProblem, problem, type S3Problem } from '../problem.ts'
import { emptyAnswer, type S3Action, type S3Answer, xmlAnswer } from '../s3-answer.ts'
import { fieldsOf, namedKeyOf, type S3Request } from '../s3-request.ts'
import { aclXml } from '../xml/acl-document.ts'
import { MAX_PART_NUMBER } from '../xml/read-completion.ts'

export const getObject: S3Action = (request) => answerObject(request, true)

export const headObject: S3Action = (request) => answerObject(request, false)

async function answerObject(request: S3Request, hasBody: boolean): Promise<S3Answer | S3Problem> {
  const { context, caller, headers } = request
  const found = await getBucketFile(context, caller, namedKeyOf(request))
  const { file } = found
  const validators = { etag: etagOf(found), lastModifiedMs: file.uploadedAtMs }
  const outcome = evaluateRead(readConditions(headers), validators)
  if (outcome === 'failed') return problem('PreconditionFailed', '', {})
  if (outcome === 'not-modified') return emptyAnswer(304, validatorHeaders(found))
  const appliesRange = rangeApplies(headerValue(headers, 'if-range') ?? undefined, {
    ...validators,
    etag: quoteEtag(validators.etag),
  })
  const rangeHeader = appliesRange ? headerValue(headers, 'range') : null
  const partNumber = fieldsOf(request)('partNumber')
  if (partNumber !== null) {
    if (rangeHeader !== null) {
      return problem('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter')
    }
    const place = findPart(found, partNumber)
    return isProblem(place) ? place : answerPart(request, found, place, hasBody)
  }
  const requested = requestedRange(rangeHeader ?? undefined, file.sizeBytes)
  if (requested.kind === 'unsatisfiable') return unsatisfiable(found)
  return answerBytes(request, found, requested.kind === 'part' ? requested.range : null, hasBody)
}

/** Part of an object that came in parts; `null` is the number of parts of any other object, which is its first part. */
interface RequestedPart {
  readonly range: ByteRange | null
  readonly partCount: number | null
}

/**
 * Returns the part with this number. The parts of a complete object are counted from 1, whatever their numbers were during
 * the upload: clients ask for part 1, and then for as many as it tells.
 */
function findPart({ file, attributes }: BucketFile, text: string): RequestedPart | S3Problem {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > MAX_PART_NUMBER) {
    return problem(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
      { ArgumentName: 'partNumber', ArgumentValue: text },
    )
  }
  const runs = attributes?.parts ?? null
  const place = partPlace(runs ?? [[1, file.sizeBytes]], number)
  if (place === null) {
    return problem('InvalidPartNumber', '', {
      ActualPartCount: String(partCountOf(runs ?? [[1, 0]])),
      PartNumberRequested: String(number),
    })
  }
  const { start, end, partCount } = place
  return { range: start > end ? null : { start, end }, partCount: runs && partCount }
}

async function answerPart(
  request: S3Request,
  found: ReadableBucketFile,
  { range, partCount }: RequestedPart,
  hasBody: boolean,
): Promise<S3Answer | S3Problem> {
  const answer = await answerBytes(request, found, range, hasBody)
  if (partCount === null || isProblem(answer)) return answer
  return { ...answer, headers: { ...answer.headers, 'x-amz-mp-parts-count': String(partCount) } }
}

async function answerBytes(
  request: S3Request,
  found: ReadableBucketFile,
  range: ByteRange | null,
  hasBody: boolean,
): Promise<S3Answer | S3Problem> {
  const { sizeBytes } = found.file
  const contentBytes = range === null ? sizeBytes : range.end - range.start + 1
  // A checksum of all bytes would not fit those of a range.
  const wantsChecksum = range === null && headerValue(request.headers, 'x-amz-checksum-mode') === 'ENABLED'
  const described = objectHeaders(found, request)
  if (isProblem(described)) return described
  const headers = {
    ...described,
    ...(wantsChecksum && checksumHeaders(found)),
    ...(range && { 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` }),
    'content-length': String(contentBytes),
  }
  // Opened before any header is set: an error must not have the headers of an object.
  const body = hasBody && contentBytes > 0 ? await found.read(range) : null
  return { kind: 'answer', status: range === null ? 200 : 206, headers, body }
}

export const getObjectAcl: S3Action = async (request) => {
  await getBucketFile(request.context, request.caller, namedKeyOf(request))
  return xmlAnswer(aclXml(request.caller.organizationId))
}

function unsatisfiable({ file }: BucketFile): S3Problem {
  return problem('InvalidRange', '', { ActualObjectSize: String(file.sizeBytes) })
}
