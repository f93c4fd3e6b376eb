import { randomUUID } from 'node:crypto'

const VALID = /^[A-Za-z0-9._:/+=-]{1,128}$/

/** The caller's own id for the request where it is fit for a log line, else a new one. */
export function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && VALID.test(header) ? header : randomUUID()
}
