import { randomUUID } from 'node:crypto'
import { redactText } from '../../platform/redact.ts'

const VALID = /^[A-Za-z0-9._:/+=-]{1,128}$/

/** Returns the client's id of the request, or a new one when the client's is unsafe to log or contains a secret. */
export function requestId(header: string | string[] | undefined): string {
  const isSafe = typeof header === 'string' && VALID.test(header) && redactText(header) === header
  return isSafe ? header : randomUUID()
}
