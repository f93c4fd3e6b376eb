import type { WebhookDelivery } from '@waybill/sdk'
import { printable } from '../files/printable.ts'

export type Attempt = WebhookDelivery['attempts'][number]

/** Returns the result of an attempt in one line: the status and the start of the answer, or why there was none. */
export function attemptText({ status, error, response, duration_ms }: Attempt): string {
  const result = status === null ? (error ?? 'no answer') : `${status} ${response}`.trim()
  return `${printable(result.replace(/\s+/g, ' ')).slice(0, MAX_LENGTH)} (${duration_ms} ms)`
}

const MAX_LENGTH = 200
