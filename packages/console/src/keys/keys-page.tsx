import { type ApiKey, PermissionError } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { KeyDialogs, type OpenDialog } from './key-dialogs.tsx'
import { KeyTable } from './key-table.tsx'
import './keys.css'

export function KeysPage() {
  const { client } = useWorkspace()
  const load = useCallback(
    async (signal: AbortSignal) => {
      const keys: ApiKey[] = []
      for await (const key of client().apiKeys.list({ page_size: 100 }, { signal })) keys.push(key)
      return keys
    },
    [client],
  )
  const { value: keys, error, isLoading, reload } = useLoaded(load)
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const isForbidden = error instanceof PermissionError
  return (
    <div className="page">
      <header className="page-head">
        <h1>API keys</h1>
        <div className="page-actions">
          <button
            type="button"
            className="button primary"
            disabled={isForbidden}
            onClick={() => setDialog({ kind: 'create' })}
          >
            <Icon name="plus" /> Create key
          </button>
        </div>
      </header>
      {isForbidden && (
        <EmptyState icon="key" title="This key cannot manage keys">
          <p>
            Sign in with a key that has the scope <code>admin</code>.
          </p>
        </EmptyState>
      )}
      {error && !isForbidden && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && keys === null && <p className="quiet">Loading…</p>}
      {keys !== null && !isForbidden && <KeyTable keys={keys} onOpen={setDialog} />}
      {dialog && <KeyDialogs dialog={dialog} onOpen={setDialog} onChanged={reload} />}
    </div>
  )
}
