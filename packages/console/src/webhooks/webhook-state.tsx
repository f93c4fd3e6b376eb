import type { Webhook } from '@waybill/sdk'
import { formatDateTime } from '../parts/format.ts'

type State = 'active' | 'failing' | 'paused' | 'deactivated'

const REASONS = {
  gone: 'It answered 410: the receiver wants no more events.',
  failing: 'Nothing succeeded for 5 days.',
} as const

/** State of a webhook, and the reason for it. */
export function WebhookState({ webhook }: { readonly webhook: Webhook }) {
  const state = webhookStateOf(webhook)
  const reason = reasonOf(webhook)
  return (
    <div className="webhook-state">
      <span className={`state ${state}`}>{state}</span>
      {reason !== null && <p className="fine">{reason}</p>}
    </div>
  )
}

function webhookStateOf({ is_active, deactivation, failing_since }: Webhook): State {
  if (!is_active) return deactivation === null ? 'paused' : 'deactivated'
  return failing_since === null ? 'active' : 'failing'
}

function reasonOf({ is_active, deactivation, failing_since }: Webhook): string | null {
  if (!is_active) return deactivation && REASONS[deactivation]
  return failing_since && `No success since ${formatDateTime(failing_since)}.`
}
