import type { FieldDigest, InvalidDigest } from './digest-fields.ts'

const IANA = 'https://iana.org/assignments/http-problem-types#'

export type DigestHeader = 'Content-Digest' | 'Repr-Digest'

/** Error of the protocol itself: the upload is not over, and the client can correct its request (RFC 9457). */
export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Returns a problem without a type of its own: its title says everything. */
export function problem(status: number, title: string, headers: Problem['headers'] = {}): Problem {
  return { status, headers, body: { type: 'about:blank', title, status } }
}

/** Draft -11, section "Mismatching Offset". */
export function mismatchingOffset(expected: number, provided: number): Problem {
  return {
    status: 409,
    headers: { 'upload-offset': String(expected) },
    body: {
      type: `${IANA}mismatching-upload-offset`,
      title: 'the offset of the request differs from the offset of the upload',
      status: 409,
      'expected-offset': expected,
      'provided-offset': provided,
    },
  }
}

/** Draft -11, section "Inconsistent Length". */
export function inconsistentLength(title = 'the length differs from the length told before'): Problem {
  return typed('inconsistent-upload-length', title)
}

/**
 * Problem types of draft-ietf-httpapi-digest-fields-problem-types. The digest that the service calculated is not told, as
 * the draft advises.
 */
export function mismatchedDigest({ algorithm, base64 }: FieldDigest): Problem {
  return typed('digest-mismatched-values', 'the digest of the content differs from Content-Digest', {
    mismatched_digests: [{ algorithm, provided_digest: `:${base64}:`, header: 'Content-Digest' }],
  })
}

export function unsupportedDigest(header: DigestHeader, algorithms: readonly string[]): Problem {
  return {
    ...typed('digest-unsupported-algorithms', `the service verifies no digest algorithm of ${header}`, {
      unsupported_algorithms: algorithms.map((algorithm) => ({ algorithm, header })),
    }),
    headers: { [`want-${header.toLowerCase()}`]: 'sha-256=10, crc32c=9, sha-512=8, md5=2, sha=1' },
  }
}

export function invalidDigest(header: DigestHeader, { algorithm, reason }: InvalidDigest): Problem {
  return typed('digest-invalid-values', `a digest of ${header} is not valid`, {
    invalid_digests: [{ algorithm, header, reason }],
  })
}

function typed(name: string, title: string, members: Problem['body'] = {}): Problem {
  return { status: 400, headers: {}, body: { type: `${IANA}${name}`, title, status: 400, ...members } }
}
