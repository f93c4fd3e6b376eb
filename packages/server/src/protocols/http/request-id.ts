import { randomUUID } from 'node:crypto'
import { redactText } from '../../platform/redact.ts'

const VALID = /^[A-Za-z0-9._:/+=-]{1,128}$/

/** Returns the client's id for the request, or a new one when that is unsafe to log or contains a secret. */
export function requestId(header: string | string[] | undefined): string {
  const isFit = typeof header === 'string' && VALID.test(header) && redactText(header) === header
  return isFit ? header : randomUUID()
}
