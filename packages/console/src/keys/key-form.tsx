import type { ApiKey, CreateApiKeyBody, Scope } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

const SCOPES: readonly { scope: Scope; text: string }[] = [
  { scope: 'files:read', text: 'List and download files' },
  { scope: 'files:write', text: 'Upload and delete files' },
  { scope: 'vector_stores:read', text: 'Read vector stores' },
  { scope: 'vector_stores:write', text: 'Change vector stores' },
  { scope: 'models:use', text: 'Ask models' },
  { scope: 'admin', text: 'All of the above, and manage API keys' },
]
const DEFAULT_SCOPES: readonly Scope[] = ['files:read', 'files:write']

export interface KeyFormProps {
  /** The key to change, or null for a new one. */
  readonly apiKey: ApiKey | null
  onClose(): void
  onCreated(name: string, secret: string): void
  onSaved(): void
}

export function KeyForm({ apiKey, onClose, onCreated, onSaved }: KeyFormProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget), apiKey)
    if (body.scopes?.length === 0) return setError(new Error('Choose at least one scope.'))
    setBusy(true)
    try {
      if (apiKey === null) {
        const { key } = await client().apiKeys.create(body)
        return onCreated(body.key_name, key)
      }
      await client().apiKeys.update(apiKey.id, body)
      onSaved()
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={apiKey === null ? 'Create a key' : `Edit ${apiKey.key_name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <ErrorNotice error={error} />}
          <KeyFields apiKey={apiKey} />
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            {apiKey === null ? 'Create key' : 'Save'}
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}

function KeyFields({ apiKey }: { readonly apiKey: ApiKey | null }) {
  return (
    <>
      <label className="field">
        <span>Name</span>
        <input
          name="name"
          required
          maxLength={255}
          defaultValue={apiKey?.key_name ?? ''}
          autoComplete="off"
        />
      </label>
      <fieldset>
        <legend>Scopes</legend>
        {SCOPES.map(({ scope, text }) => (
          <label key={scope} className="check">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              defaultChecked={(apiKey?.scopes ?? DEFAULT_SCOPES).includes(scope)}
            />
            <span>
              <code>{scope}</code> <span className="fine">{text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span>
          Expires at the end of <span className="fine">(empty: never)</span>
        </span>
        <input
          type="date"
          name="expires"
          min={minExpiry(apiKey)}
          defaultValue={apiKey?.expires_at?.slice(0, 10)}
        />
      </label>
    </>
  )
}

/** First date that the form accepts: today, or the date of an expired key, which can be kept while other fields change. */
function minExpiry(apiKey: ApiKey | null): string | undefined {
  const today = new Date().toISOString().slice(0, 10)
  return [today, apiKey?.expires_at?.slice(0, 10) ?? today].sort()[0]
}

function bodyOf(fields: FormData, apiKey: ApiKey | null): CreateApiKeyBody {
  const expires = String(fields.get('expires') ?? '')
  // An unchanged date keeps its time of day, and the service would refuse one of the past.
  const isSame = expires !== '' && apiKey?.expires_at?.startsWith(expires)
  return {
    key_name: String(fields.get('name')).trim(),
    scopes: fields.getAll('scope') as Scope[],
    ...(isSame ? {} : { expires_at: expires === '' ? null : `${expires}T23:59:59Z` }),
  }
}
