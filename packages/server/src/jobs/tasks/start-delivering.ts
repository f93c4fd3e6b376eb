import { setTimeout as delay } from 'node:timers/promises'
import type { ClaimedDelivery } from '../../database/records/webhooks.ts'
import { jobCaller } from '../../domain/access/caller.ts'
import type { Event } from '../../domain/events/event.ts'
import type { Context } from '../../operations/context.ts'
import { deliverEvent } from '../../operations/webhooks/deliver-event.ts'
import type { SweepLog } from './start-sweeping.ts'

export interface Deliverer {
  /** Returns the number of webhooks that this process has deactivated, because they do not answer. */
  deactivated(): number
  /** Interrupts running attempts, which another process repeats, and waits for their end. */
  stop(): Promise<void>
}

/** Time after which an event is sent at the latest, when the endpoint is free. */
const POLL_MS = 500
/**
 * Attempts of this process that run at a time. When half of them run, each endpoint gets only one at a time, so that
 * endpoints that begin to hang do not occupy all.
 */
const MAX_RUNNING = 512
const CLAIMED_AT_A_TIME = 64
const EVENTS_AT_A_TIME = 200
/** Longer than an attempt, after which its process is considered dead. */
const LEASE_MS = 60_000
const RELEASE_EVERY_MS = 10_000
const RELEASED_AT_A_TIME = 100

/**
 * Starts sending events to webhooks. It runs in every process: leases in the database keep two processes from sending the
 * same delivery at the same time.
 */
export function startDelivering(
  context: Context,
  bodyOf: (event: Event) => string,
  log: SweepLog,
): Deliverer {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = new Map<Promise<void>, string>()
  let wake = Promise.withResolvers<void>()
  let dispatchedPosition = 0
  let releasedAtMs = Number.NEGATIVE_INFINITY
  let deactivated = 0

  const start = (claimed: ClaimedDelivery) => {
    const attempt = deliver(context, claimed, { bodyOf, signal, log })
      .then((isDeactivated) => {
        if (isDeactivated) deactivated++
      })
      .finally(() => {
        running.delete(attempt)
        wake.resolve()
      })
    running.set(attempt, claimed.webhook.id)
  }
  const claimSome = async (): Promise<number> => {
    const max = Math.min(CLAIMED_AT_A_TIME, MAX_RUNNING - running.size)
    if (max <= 0) return 0
    const nowMs = context.now()
    const except = running.size < MAX_RUNNING / 2 ? [] : [...new Set(running.values())]
    const claimed = await context.database.webhooks.claim(nowMs, nowMs + LEASE_MS, max, except)
    for (const one of claimed) start(one)
    return claimed.length
  }
  const runOnce = async () => {
    if (performance.now() - releasedAtMs > RELEASE_EVERY_MS) {
      await context.database.webhooks.releaseExpired(context.now(), RELEASED_AT_A_TIME)
      releasedAtMs = performance.now()
    }
    dispatchedPosition = await dispatchAll(context, dispatchedPosition, signal)
    while (!signal.aborted && (await claimSome()) > 0);
  }
  const run = async () => {
    while (!signal.aborted) {
      wake = Promise.withResolvers()
      await runOnce().catch((err: unknown) => log.warn({ err }, 'webhooks could not be sent'))
      await Promise.race([delay(POLL_MS, null, { signal }).catch(() => {}), wake.promise])
    }
  }
  const loop = run()

  return {
    deactivated: () => deactivated,
    stop: async () => {
      stopping.abort()
      await loop
      await Promise.all(running.keys())
    },
  }
}

/** Adds the deliveries of all events after `position`; returns the position of the last one. */
async function dispatchAll(
  { database, eventFeed, now }: Context,
  position: number,
  signal: AbortSignal,
): Promise<number> {
  const latest = await eventFeed.newest()
  if (latest === position) return position
  while (!signal.aborted && (await database.webhooks.dispatch(latest, EVENTS_AT_A_TIME, now())) > 0);
  return latest
}

interface Sending {
  bodyOf(event: Event): string
  readonly signal: AbortSignal
  readonly log: SweepLog
}

/** Sends a claimed delivery. Returns true when that deactivated the webhook. */
async function deliver(
  context: Context,
  claimed: ClaimedDelivery,
  { bodyOf, signal, log }: Sending,
): Promise<boolean> {
  const { id: webhookId, organizationId } = claimed.webhook
  const caller = { ...jobCaller('webhooks'), organizationId }
  try {
    const isDeactivated = await deliverEvent(context, caller, { claimed, bodyOf, signal })
    if (isDeactivated)
      log.warn({ webhook_id: webhookId }, 'a webhook was deactivated, because it does not answer')
    return isDeactivated
  } catch (err) {
    log.warn({ err, webhook_id: webhookId }, 'the result of a delivery could not be recorded')
    return false
  }
}
