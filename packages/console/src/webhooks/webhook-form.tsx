import type { Webhook } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { EVENT_TYPES } from '../events/event-types.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

const ALL = '*'

export interface WebhookFormProps {
  /** The webhook to change, or null for a new one. */
  readonly webhook: Webhook | null
  onClose(): void
  onCreated(url: string, secret: string): void
  onSaved(): void
}

export function WebhookForm({ webhook, onClose, onCreated, onSaved }: WebhookFormProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    if (body.types.length === 0) return setError(new Error('Choose at least one type.'))
    setBusy(true)
    try {
      if (webhook === null) {
        const { url, secret } = await client().webhooks.create(body)
        return onCreated(url, secret)
      }
      await client().webhooks.update(webhook.id, body)
      onSaved()
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={webhook === null ? 'Add a webhook' : 'Edit the webhook'} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <ErrorNotice error={error} />}
          <WebhookFields webhook={webhook} />
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            {webhook === null ? 'Add webhook' : 'Save'}
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}

function WebhookFields({ webhook }: Pick<WebhookFormProps, 'webhook'>) {
  return (
    <>
      <label className="field">
        <span>URL</span>
        <input
          name="url"
          type="url"
          required
          maxLength={2048}
          placeholder="https://receiver.example/waybill"
          defaultValue={webhook?.url ?? ''}
          autoComplete="off"
          spellCheck={false}
          {...FIRST_FOCUS}
        />
      </label>
      <label className="field">
        <span>
          Description <span className="fine">(optional)</span>
        </span>
        <input
          name="description"
          maxLength={500}
          defaultValue={webhook?.description ?? ''}
          autoComplete="off"
        />
      </label>
      <TypeChoice webhook={webhook} />
    </>
  )
}

function TypeChoice({ webhook }: Pick<WebhookFormProps, 'webhook'>) {
  const chosen: readonly string[] = webhook?.types ?? [ALL]
  const [isAll, setAll] = useState(chosen.includes(ALL))
  return (
    <fieldset>
      <legend>Events</legend>
      <label className="check">
        <input
          type="checkbox"
          name="type"
          value={ALL}
          checked={isAll}
          onChange={({ currentTarget }) => setAll(currentTarget.checked)}
        />
        <span>All types, also those to come</span>
      </label>
      {!isAll && (
        <div className="webhook-types">
          {EVENT_TYPES.map((type) => (
            <label key={type} className="check">
              <input type="checkbox" name="type" value={type} defaultChecked={chosen.includes(type)} />
              <code>{type}</code>
            </label>
          ))}
        </div>
      )}
    </fieldset>
  )
}

function bodyOf(fields: FormData) {
  const description = String(fields.get('description')).trim()
  return {
    url: String(fields.get('url')).trim(),
    types: fields.getAll('type').map(String),
    description: description === '' ? null : description,
  }
}
