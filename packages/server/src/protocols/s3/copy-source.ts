import { percentDecode } from './percent-encoding.ts'
import { problem, type S3Problem } from './problem.ts'

/** Object that a copy reads. */
export interface CopySource {
  readonly bucket: string
  readonly key: string
  /** Version of the object; null for none, and for `null`, the version of objects in a bucket without versions. */
  readonly versionId: string | null
}

/**
 * Parses `x-amz-copy-source`: bucket and key, percent-encoded, with or without a slash in front, and maybe with
 * `?versionId=`. A plus is a plus. A problem is `InvalidArgument`.
 */
export function parseCopySource(header: string): CopySource | S3Problem {
  const [, encoded = '', encodedVersion = ''] = /^(.*?)(?:\?versionId=([^?]*))?$/s.exec(header) ?? []
  const path = percentDecode(encoded)?.replace(/^\//, '') ?? ''
  const slash = path.indexOf('/')
  const [bucket, key] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
  const versionId = percentDecode(encodedVersion)
  if (bucket === '' || key === '' || versionId === null) {
    return problem(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      {
        ArgumentName: 'x-amz-copy-source',
        ArgumentValue: header,
      },
    )
  }
  return { bucket, key, versionId: versionId === '' || versionId === 'null' ? null : versionId }
}

/**
 * Parses `x-amz-copy-source-range`, which must be complete, for a source of this size. Problems are `InvalidArgument`, and
 * `InvalidRange` for bytes that the source does not have.
 */
export function parseCopyRange(
  header: string,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | S3Problem {
  const [, start = '', end = ''] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(header) ?? []
  const range = { start: Number(start), end: Number(end) }
  if (start === '' || range.start > range.end) {
    return problem(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
    )
  }
  if (range.end >= sizeBytes) {
    return problem('InvalidRange', `Range specified is not valid for source object of size: ${sizeBytes}`)
  }
  return range
}
