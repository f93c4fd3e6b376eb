import type { WebhookDelivery } from '@waybill/sdk'
import { useCallback, useEffect, useState } from 'react'
import { useLiveRefresh } from '../live/use-live-refresh.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatCount, formatDateTime } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { answerText } from './attempt-view.tsx'
import { DeliveryDetails } from './delivery-details.tsx'

/** Deliveries that each "Show older" adds. */
const STEP = 50
/** Pause while a delivery is sent: its end has no event. */
const PENDING_MS = 1500
/** Time in which an event becomes a delivery, also in a busy service. */
const DISPATCH_MS = 10_000
const isAny = () => true

export interface DeliveriesProps {
  readonly webhookId: string
  /** Called when the log was loaded: a delivery may have changed the state of the webhook. */
  onChanged(): void
}

/** Log of what was sent to a webhook, newest first. */
export function Deliveries({ webhookId, onChanged }: DeliveriesProps) {
  const { client } = useWorkspace()
  const [wanted, setWanted] = useState(STEP)
  const load = useCallback(
    async (signal: AbortSignal) => {
      const found: WebhookDelivery[] = []
      for await (const one of client().webhooks.listDeliveries(webhookId, { limit: STEP }, { signal })) {
        if (found.length === wanted) return { found, hasMore: true }
        found.push(one)
      }
      return { found, hasMore: false }
    },
    [client, webhookId, wanted],
  )
  const { value, error, isLoading, reload, refresh } = useLoaded(load)
  const [expectedUntilMs, setExpectedUntilMs] = useState(0)
  const expect = useCallback(() => {
    setExpectedUntilMs(performance.now() + DISPATCH_MS)
    refresh()
  }, [refresh])
  useLiveRefresh(isAny, expect)
  useEffect(() => {
    if (value === null) return
    onChanged()
    const isAwaited = value.found.some(isOnItsWay) || performance.now() < expectedUntilMs
    const timer = isAwaited ? setTimeout(refresh, PENDING_MS) : undefined
    return () => clearTimeout(timer)
  }, [value, expectedUntilMs, refresh, onChanged])
  const [shownId, setShownId] = useState<string | null>(null)
  const shown = value?.found.find(({ id }) => id === shownId)
  const retry = async ({ id }: WebhookDelivery) => {
    try {
      await client().webhooks.retryDelivery(webhookId, id)
      toast('The event is sent once more')
      refresh()
    } catch (failure) {
      toast((failure as Error).message)
    }
  }
  return (
    <section aria-labelledby="deliveries-title">
      <header className="section-head">
        <h2 id="deliveries-title">Deliveries</h2>
        <BusyButton className="button" isBusy={isLoading} onClick={reload}>
          Refresh
        </BusyButton>
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {value?.found.length === 0 && (
        <EmptyState icon="send" title="Nothing was sent yet">
          <p>Events that happen from now on appear here.</p>
        </EmptyState>
      )}
      {value !== null && value.found.length > 0 && (
        <DeliveryTable deliveries={value.found} onShow={({ id }) => setShownId(id)} onRetry={retry} />
      )}
      {value?.hasMore && (
        <button type="button" className="button more" onClick={() => setWanted(wanted + STEP)}>
          Show older deliveries
        </button>
      )}
      {shown && <DeliveryDetails delivery={shown} onClose={() => setShownId(null)} />}
    </section>
  )
}

/** Returns true for a delivery that is being sent, or is due. */
function isOnItsWay({ state, next_attempt_at }: WebhookDelivery): boolean {
  if (state === 'running') return true
  return (
    state === 'waiting' && next_attempt_at !== null && Date.parse(next_attempt_at) <= Date.now() + PENDING_MS
  )
}

interface DeliveryTableProps {
  readonly deliveries: readonly WebhookDelivery[]
  onShow(delivery: WebhookDelivery): void
  onRetry(delivery: WebhookDelivery): void
}

function DeliveryTable({ deliveries, onShow, onRetry }: DeliveryTableProps) {
  return (
    <PlainTable className="deliveries" columns={['Event', 'State', 'Last answer', 'Happened']} hasActions>
      {deliveries.map((delivery) => {
        const { id, event_type, state, attempts, created_at, next_attempt_at } = delivery
        const last = attempts.at(-1)
        const name = `${event_type} of ${formatDateTime(created_at)}`
        return (
          <tr key={id}>
            <th scope="row">
              <code>{event_type}</code>
            </th>
            <td data-label="State">
              <div className="webhook-state">
                <span className={`state ${state}`}>{state}</span>
                {next_attempt_at !== null && attempts.length > 0 && (
                  <p className="fine">next attempt on {formatDateTime(next_attempt_at)}</p>
                )}
              </div>
            </td>
            <td data-label="Last answer">
              {last === undefined ? '—' : answerText(last)}
              {attempts.length > 1 && <p className="fine">{formatCount(attempts.length, 'attempt')}</p>}
            </td>
            <td data-label="Happened">
              <time dateTime={created_at}>{formatDateTime(created_at)}</time>
            </td>
            <td className="actions">
              <IconButton
                icon="list"
                label={`Show the attempts of ${name}`}
                onClick={() => onShow(delivery)}
              />
              <IconButton icon="retry" label={`Send ${name} again`} onClick={() => onRetry(delivery)} />
            </td>
          </tr>
        )
      })}
    </PlainTable>
  )
}
