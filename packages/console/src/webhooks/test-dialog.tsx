import type { TestWebhookAnswer, Webhook } from '@waybill/sdk'
import { useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { AttemptView } from './attempt-view.tsx'

export interface TestDialogProps {
  readonly webhook: Webhook
  onClose(): void
  onTested(): void
}

/** Sends a ping, and shows what came back. */
export function TestDialog({ webhook, onClose, onTested }: TestDialogProps) {
  const { client } = useWorkspace()
  const [answer, setAnswer] = useState<TestWebhookAnswer | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    setAnswer(null)
    setError(null)
    try {
      setAnswer(await client().webhooks.test(webhook.id))
      onTested()
    } catch (failure) {
      setError(failure as Error)
    }
    setBusy(false)
  }
  return (
    <Dialog title="Test the webhook" onClose={isBusy ? null : onClose}>
      <div className="dialog-body">
        <p className="breakable">
          <code>{webhook.url}</code> gets an event of the type <code>ping</code>, signed like the others. It
          is not repeated.
        </p>
        {error && <ErrorNotice error={error} />}
        <div role="status">{answer && <AttemptView attempt={answer} />}</div>
      </div>
      <footer className="dialog-foot">
        <BusyButton className="button" isBusy={isBusy} onClick={onClose}>
          Close
        </BusyButton>
        <BusyButton className="button primary" isBusy={isBusy} onClick={send} {...FIRST_FOCUS}>
          {isBusy ? 'Waiting for the answer…' : 'Send a ping'}
        </BusyButton>
      </footer>
    </Dialog>
  )
}
