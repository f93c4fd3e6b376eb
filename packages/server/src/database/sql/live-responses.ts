import type { Row } from './rows.ts'
import type { Transactions } from './transactions.ts'

/** Size at which no further responses are read for one request. */
export const MAX_RESPONSES_BYTES = 64 * 1024 * 1024

/** Condition for the responses of an organization whose time is not over. */
export const LIVE_RESPONSE =
  'responses.organization_id = $organizationId AND responses.expires_at_ms > $nowMs'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS

/**
 * Extends the life of the responses of these rows (`id`, `expires_at_ms`) to at least an hour after `expiresAtMs`, when
 * the response that continues them expires.
 */
export async function extendResponses(
  { change, dialect }: Pick<Transactions, 'change' | 'dialect'>,
  organizationId: string,
  rows: readonly Row[],
  expiresAtMs: number,
): Promise<void> {
  const minExpiresAtMs = expiresAtMs + HOUR_MS
  const toExtend = rows.filter((row) => Number(row.expires_at_ms) < minExpiresAtMs)
  if (toExtend.length === 0) return
  // A day more, so that a long chain is not written with each response that continues it.
  const untilMs = minExpiresAtMs + DAY_MS
  await change(
    `UPDATE responses SET expires_at_ms = $untilMs
     WHERE organization_id = $organizationId AND ${dialect.isOneOf('id', '$ids')} AND expires_at_ms < $untilMs`,
    { organizationId, untilMs, ids: JSON.stringify(toExtend.map(({ id }) => id)) },
  )
}
