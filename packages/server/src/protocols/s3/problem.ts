import type { S3ErrorCode } from './error-codes.ts'

/** Refusal of a request in the terms of S3. Its code determines the status. */
export interface S3Problem {
  readonly kind: 'problem'
  readonly code: S3ErrorCode
  /** Text for the developer of the client. */
  readonly message: string
  /** Further elements of the error document, by name. They hold facts of the request only. */
  readonly details: Readonly<Record<string, string>>
}

/** Returns the refusal with this code. */
export function problem(code: S3ErrorCode, message: string, details: S3Problem['details'] = {}): S3Problem {
  return { kind: 'problem', code, message, details }
}

export function isProblem(value: unknown): value is S3Problem {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'problem'
}
