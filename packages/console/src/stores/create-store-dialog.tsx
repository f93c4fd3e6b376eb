import type { CreateVectorStoreBody, VectorStore } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

export interface CreateStoreDialogProps {
  onClose(): void
  onCreated(store: VectorStore): void
}

export function CreateStoreDialog({ onClose, onCreated }: CreateStoreDialogProps) {
  const { client } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    setBusy(true)
    try {
      onCreated(await client().vectorStores.create(body))
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Create a vector store" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <ErrorNotice error={error} />}
          <Fields />
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            Create store
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}

function Fields() {
  return (
    <>
      <label className="field">
        <span>Name</span>
        <input name="name" required maxLength={255} autoComplete="off" {...FIRST_FOCUS} />
      </label>
      <label className="field">
        <span>
          Description <span className="fine">(optional)</span>
        </span>
        <input name="description" maxLength={1024} autoComplete="off" />
      </label>
      <label className="check">
        <input type="checkbox" name="private" />
        <span>
          Private <span className="fine">Only this key and keys with the scope admin see the store</span>
        </span>
      </label>
      <label className="field">
        <span>
          Expires after days without use <span className="fine">(empty: never)</span>
        </span>
        <input type="number" name="days" min={1} max={365} step={1} />
      </label>
    </>
  )
}

function bodyOf(fields: FormData): CreateVectorStoreBody {
  const description = String(fields.get('description') ?? '').trim()
  const days = Number(fields.get('days') ?? 0)
  return {
    name: String(fields.get('name')).trim(),
    access_mode: fields.has('private') ? 'private' : 'organization',
    ...(description === '' ? {} : { description }),
    ...(days === 0 ? {} : { expires_after: { anchor: 'last_active_at', days } }),
  }
}
