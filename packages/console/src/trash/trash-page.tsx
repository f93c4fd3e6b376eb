import type { WaybillFile } from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { isOneOf, useLiveRefresh } from '../live/use-live-refresh.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatName } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfPage } from '../shell/router.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { TrashTable } from './trash-table.tsx'

/** Files that each "Show more" adds. */
const STEP = 100
const concernsTrash = isOneOf('file.trashed', 'file.restored', 'file.deleted', 'file.expired')

/** The files in the trash, which can be restored or deleted permanently. */
export function TrashPage() {
  const { client, files, refreshOrganization } = useWorkspace()
  const [wanted, setWanted] = useState(STEP)
  const load = useCallback(
    async (signal: AbortSignal) => {
      const found: WaybillFile[] = []
      for await (const file of client().files.list({ state: 'trashed', limit: STEP }, { signal })) {
        if (found.length === wanted) return { found, hasMore: true }
        found.push(file)
      }
      return { found, hasMore: false }
    },
    [client, wanted],
  )
  const { value, error, isLoading, reload, refresh } = useLoaded(load)
  useLiveRefresh(concernsTrash, refresh)
  const [toDelete, setToDelete] = useState<WaybillFile | null>(null)
  const restore = ({ id, original_filename }: WaybillFile) =>
    files
      .restore([id])
      .then(() => toast(`${formatName(original_filename)} is restored`))
      .catch((failure: Error) => toast(failure.message))
      .finally(reload)
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <nav className="fine" aria-label="Breadcrumb">
            <PlaceLink place={placeOfPage('files')}>Files</PlaceLink>
          </nav>
          <h1>Trash</h1>
        </div>
      </header>
      {error && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && value === null && <p className="quiet">Loading…</p>}
      {value?.found.length === 0 && (
        <EmptyState icon="trash" title="The trash is empty">
          <p>Deleted files stay here for some days. They count as used storage until then.</p>
        </EmptyState>
      )}
      {value !== null && value.found.length > 0 && (
        <TrashTable files={value.found} onRestore={restore} onDelete={setToDelete} />
      )}
      {value?.hasMore && (
        <button type="button" className="button" onClick={() => setWanted(wanted + STEP)}>
          Show more
        </button>
      )}
      {toDelete && (
        <ConfirmDialog
          title="Delete permanently?"
          action="Delete permanently"
          isDangerous
          onClose={() => setToDelete(null)}
          onConfirm={async () => {
            await client().files.delete(toDelete.id)
            reload()
            refreshOrganization()
          }}
        >
          <p>
            <strong className="breakable">
              <bdi>{formatName(toDelete.original_filename)}</bdi>
            </strong>{' '}
            will be deleted for all users. This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}
