import type { WebhookDelivery } from '@waybill/sdk'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { formatDateTime } from '../parts/format.ts'
import { AttemptView } from './attempt-view.tsx'

export interface DeliveryDetailsProps {
  readonly delivery: WebhookDelivery
  onClose(): void
}

/** All attempts of a delivery, newest first, with the beginnings of the answers. */
export function DeliveryDetails({ delivery, onClose }: DeliveryDetailsProps) {
  const { event_type, event_id, attempts, next_attempt_at } = delivery
  return (
    <Dialog title={event_type} isWide onClose={onClose}>
      <div className="dialog-body">
        <p className="fine store-id">
          <code>{event_id}</code>
          <CopyButton label="Copy the id of the event" text={event_id} />
        </p>
        {next_attempt_at !== null && <p>The next attempt is on {formatDateTime(next_attempt_at)}.</p>}
        {attempts.length === 0 && <p className="quiet">There was no attempt yet.</p>}
        {attempts.toReversed().map((attempt) => (
          <AttemptView key={attempt.at} attempt={attempt} />
        ))}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  )
}
