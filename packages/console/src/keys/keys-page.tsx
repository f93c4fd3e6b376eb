import { type ApiKey, PermissionError } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { isOneOf, useLiveRefresh } from '../live/use-live-refresh.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { Icon } from '../parts/icon.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { KeyDialogs, type OpenDialog } from './key-dialogs.tsx'
import { KeyTable } from './key-table.tsx'
import './keys.css'

const concernsKeys = isOneOf('api_key.created', 'api_key.deleted')

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
  const { value: keys, error, isLoading, reload, refresh } = useLoaded(load)
  useLiveRefresh(concernsKeys, refresh)
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
      {isForbidden && <NoPermission need="admin" />}
      {error && !isForbidden && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && keys === null && <p className="quiet">Loading…</p>}
      {keys !== null && !isForbidden && <KeyTable keys={keys} onOpen={setDialog} />}
      {dialog && <KeyDialogs dialog={dialog} onOpen={setDialog} onChanged={reload} />}
    </div>
  )
}
