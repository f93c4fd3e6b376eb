import type { WaybillEvent } from '@waybill/sdk'
import { CopyButton } from '../parts/copy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'

export interface EventDetailsProps {
  readonly event: WaybillEvent
  onClose(): void
}

/** An event as webhooks get it. */
export function EventDetails({ event, onClose }: EventDetailsProps) {
  const { id, type, created_at, organization_id, data } = event
  const text = JSON.stringify({ id, type, created_at, organization_id, data }, null, 2)
  return (
    <Dialog title={type} isWide onClose={onClose}>
      <div className="dialog-body">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it */}
        <pre className="code event-json" tabIndex={0} role="group" aria-label="Event as JSON">
          {text}
        </pre>
      </div>
      <footer className="dialog-foot">
        <CopyButton label="Copy the JSON" text={text} isLabelled />
      </footer>
    </Dialog>
  )
}
