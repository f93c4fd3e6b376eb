import assert from 'node:assert/strict'
import type { Answer } from './exchange.ts'

interface ErrorBody {
  readonly success: false
  readonly error: {
    readonly code: string
    readonly message: string
    readonly system_message: string
    readonly type: string
    readonly status: number
    readonly details: Record<string, unknown>
    readonly trace_id: string
    readonly timestamp: string
  }
}

export const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

const TYPE_OF_STATUS: Record<number, string> = {
  401: 'authentication_error',
  403: 'authorization_error',
  422: 'validation_error',
  429: 'rate_limit_error',
}

/** Stack frames, SQL and module paths: internals that no client may see. */
const INTERNALS = [
  /node_modules|node:internal|\.[cm]?[jt]s:\d/,
  /\bat (async )?[\w.<>]+ \(/,
  /SQLITE|\bSELECT\b.+\bFROM\b|INSERT INTO/,
  /\/tmp\//,
]

export function errorOf(answer: Answer): ErrorBody['error'] {
  const body: ErrorBody = JSON.parse(answer.bytes.toString('utf8'))
  return body.error
}

/** Asserts the format that all errors of the API have. */
export function assertEnvelope(answer: Answer): void {
  const text = answer.bytes.toString('utf8')
  assert.match(String(answer.headers['content-type']), /^application\/json\b/, text.slice(0, 200))
  const body: ErrorBody = JSON.parse(text)
  assert.equal(body.success, false, text)
  assert.ok(!('detail' in body), 'the body has a top-level detail')
  const { error } = body
  assert.match(error.code, /^[A-Z][A-Z_]+[A-Z]$/)
  assert.ok(typeof error.message === 'string' && error.message !== '', 'message is missing')
  assert.ok(typeof error.system_message === 'string' && error.system_message !== '', 'system_message')
  assert.equal(error.status, answer.status)
  const byRange = answer.status >= 500 ? 'server_error' : 'client_error'
  assert.equal(error.type, TYPE_OF_STATUS[answer.status] ?? byRange)
  assert.ok(typeof error.details === 'object' && error.details !== null, 'details is no object')
  assert.ok(!Array.isArray(error.details), 'details is an array')
  assert.equal(error.trace_id, answer.headers['x-request-id'])
  assert.match(error.timestamp, ISO_UTC)
  assert.ok(!Number.isNaN(Date.parse(error.timestamp)))
}

export function assertNothingLeaks(text: string, dataDir: string): void {
  for (const pattern of INTERNALS) assert.doesNotMatch(text, pattern)
  assert.ok(!text.includes(dataDir), 'a disk path is in the answer')
}

export function assertError(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status, answer.bytes.toString('utf8').slice(0, 1000))
  assert.equal(errorOf(answer).code, code)
}

/** Asserts one of several refusals, for input whose exact refusal the contract leaves open. */
export function assertRefused(answer: Answer, statuses: readonly number[]): void {
  const text = answer.bytes.toString('utf8').slice(0, 1000)
  assert.ok(statuses.includes(answer.status), `${answer.status}, not one of ${statuses}: ${text}`)
}

export function assertFieldError(answer: Answer, field: string): void {
  assertError(answer, 422, 'VALIDATION_ERROR')
  const { details } = errorOf(answer)
  assert.equal(details.field, field)
  assert.deepEqual(Object.keys(details), ['field', 'value'])
}
