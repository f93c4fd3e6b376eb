import type { IncomingHttpHeaders } from 'node:http'
import { type AnnouncedHashes, NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import { ALGORITHMS, type DigestField, type FieldDigest, parseDigestField } from './digest-fields.ts'
import { parseBooleanField, parseIntegerField } from './fields.ts'
import {
  type DigestHeader,
  inconsistentLength,
  invalidDigest,
  type Problem,
  problem,
  unsupportedDigest,
} from './problems.ts'

/** Fields of a request that sends bytes, to a creation URL or to an upload. */
export interface UploadFields {
  /** Value of `Upload-Complete`; null when the field is absent. */
  readonly isComplete: boolean | null
  /** Value of `Upload-Offset`; null when the field is absent. */
  readonly offset: number | null
  /** Length of the upload as `Upload-Length` tells it; null when the field is absent. */
  readonly length: number | null
  /** Length of the body; null when only its end shows it. */
  readonly bodyBytes: number | null
  /** Digests of the body. */
  readonly contentDigests: readonly FieldDigest[]
  /** Digests of the complete upload. */
  readonly hashes: AnnouncedHashes
}

/** Reads the fields of a request; returns a problem when a digest field cannot be used. */
export function readUploadFields(headers: IncomingHttpHeaders): UploadFields | { readonly problem: Problem } {
  const content = digestsOf(headers, 'Content-Digest')
  if ('problem' in content) return content
  const representation = digestsOf(headers, 'Repr-Digest')
  if ('problem' in representation) return representation
  return {
    isComplete: parseBooleanField(headerOf(headers, 'upload-complete')),
    offset: parseIntegerField(headerOf(headers, 'upload-offset')),
    length: parseIntegerField(headerOf(headers, 'upload-length')),
    bodyBytes: readBodyBytes(headers),
    contentDigests: content.digests,
    hashes: hashesOf(representation.digests),
  }
}

/**
 * Returns the length of the upload that a request with this offset tells, in `Upload-Length` or as the end of a complete
 * body; null when it tells none. Returns a problem when the two differ (draft -11, section "Length").
 */
export function toldLength(
  { isComplete, length, bodyBytes }: UploadFields,
  offset: number,
): { readonly totalBytes: number | null } | { readonly problem: Problem } {
  const end = bodyBytes === null ? null : offset + bodyBytes
  const isOther = length !== null && end !== null && (isComplete ? end !== length : end > length)
  if (isOther) return { problem: inconsistentLength('the body does not fit Upload-Length') }
  return { totalBytes: length ?? (isComplete ? end : null) }
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function digestsOf(
  headers: IncomingHttpHeaders,
  header: DigestHeader,
): Extract<DigestField, { kind: 'digests' }> | { readonly problem: Problem } {
  const field = parseDigestField(headerOf(headers, header.toLowerCase()))
  switch (field.kind) {
    case 'digests':
      return field
    case 'unsupported':
      return { problem: unsupportedDigest(header, field.algorithms) }
    case 'invalid':
      return { problem: invalidDigest(header, field) }
    case 'malformed':
      return { problem: problem(400, `${header} is no Dictionary`) }
  }
}

function hashesOf(digests: readonly FieldDigest[]): AnnouncedHashes {
  const announced = digests.map(({ algorithm, base64 }) => [ALGORITHMS[algorithm], base64] as const)
  return { ...NO_HASHES, ...Object.fromEntries(announced) }
}
