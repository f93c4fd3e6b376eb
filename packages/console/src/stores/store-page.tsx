import { NotFoundError, PermissionError, type VectorStore, type WaybillEvent } from '@waybill/sdk'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLiveRefresh } from '../live/use-live-refresh.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes, formatDateTime, formatName, formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { toast } from '../parts/toasts.tsx'
import { PlaceLink } from '../shell/place-link.tsx'
import { goTo, placeOfPage, placeOfQuestions } from '../shell/router.ts'
import { UploadButton } from '../uploads/upload-button.tsx'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { AddFilesDialog } from './add-files-dialog.tsx'
import { Figures } from './figures.tsx'
import { IndexingProgress } from './indexing-progress.tsx'
import { NoPermission } from './no-permission.tsx'
import { NoStore } from './no-store.tsx'
import { createStoreFeed } from './store-feed.ts'
import { StoreFiles } from './store-files.tsx'
import { storeName } from './store-name.ts'
import { TrySearch } from './try-search.tsx'

/** A vector store: its facts, the progress of the indexing, a search and its files. */
export function StorePage({ storeId }: { readonly storeId: string }) {
  const { client, adder, live } = useWorkspace()
  const feed = useMemo(
    () => createStoreFeed(client, storeId, () => live.state.get() === 'live'),
    [client, storeId, live],
  )
  const concernsStore = useCallback(({ data }: WaybillEvent) => storeIdOf(data) === storeId, [storeId])
  useLiveRefresh(concernsStore, feed.refresh)
  const state = useStore(feed.state)
  const addedCount = useStore(adder.addedCount)
  useEffect(() => feed.start(), [feed])
  const shownCount = useRef(addedCount)
  useEffect(() => {
    // The first load has the files that were added before.
    if (shownCount.current !== addedCount) void feed.refresh()
    shownCount.current = addedCount
  }, [feed, addedCount])
  const { store, error } = state
  if (error instanceof PermissionError) return <NoPermission />
  if (error instanceof NotFoundError) return <NoStore />
  return (
    <div className="page store">
      <StoreHead storeId={storeId} store={store} />
      {error && <ErrorNotice error={error} onRetry={feed.refresh} />}
      {store === null && !error && <p className="quiet">Loading…</p>}
      {store !== null && (
        <>
          <Facts store={store} />
          <IndexingProgress counts={store.file_counts} pace={state.pace} />
          <TrySearch store={store} />
          <StoreFiles storeId={storeId} feed={feed} state={state} />
        </>
      )}
    </div>
  )
}

/** Returns the id of the vector store that an event tells of; null for another event. */
function storeIdOf(data: WaybillEvent['data']): unknown {
  return data.object === 'vector_store' ? data.id : (data.vector_store_id ?? null)
}

interface StoreHeadProps {
  readonly storeId: string
  readonly store: VectorStore | null
}

function StoreHead({ storeId, store }: StoreHeadProps) {
  const [dialog, setDialog] = useState<'add' | 'delete' | null>(null)
  const close = () => setDialog(null)
  return (
    <header className="page-head">
      <div className="store-title">
        <nav className="fine" aria-label="Breadcrumb">
          <PlaceLink place={placeOfPage('stores')}>Vector stores</PlaceLink>
        </nav>
        <h1 className="breakable">{store === null ? storeId : storeName(store)}</h1>
      </div>
      {store !== null && (
        <div className="page-actions">
          <WithScope scope="vector_stores:write">
            <button type="button" className="button danger-quiet" onClick={() => setDialog('delete')}>
              <Icon name="trash" /> Delete
            </button>
          </WithScope>
          {store.is_active && (
            <>
              <PlaceLink place={placeOfQuestions(storeId)} className="button">
                <Icon name="chat" /> Ask
              </PlaceLink>
              <WithScope scope="vector_stores:write">
                <UploadButton label="Upload files" storeId={storeId} />
                <button type="button" className="button primary" onClick={() => setDialog('add')}>
                  <Icon name="plus" /> Add files
                </button>
              </WithScope>
            </>
          )}
        </div>
      )}
      {dialog === 'add' && <AddFilesDialog storeId={storeId} onClose={close} />}
      {dialog === 'delete' && store !== null && <DeleteStoreDialog store={store} onClose={close} />}
    </header>
  )
}

function DeleteStoreDialog({ store, onClose }: { readonly store: VectorStore; onClose(): void }) {
  const { client } = useWorkspace()
  const name = storeName(store)
  return (
    <ConfirmDialog
      title="Delete this vector store?"
      action="Delete the store"
      isDangerous
      onClose={onClose}
      onConfirm={async () => {
        await client().vectorStores.delete(store.id)
        toast(`${name} is deleted`)
        goTo(placeOfPage('stores'), false)
      }}
    >
      <p>
        <strong className="breakable">
          <bdi>{name}</bdi>
        </strong>{' '}
        cannot be searched any more. Its files stay in Files. This cannot be undone.
      </p>
    </ConfirmDialog>
  )
}

function Facts({ store }: { readonly store: VectorStore }) {
  const { id, description, access_mode, is_active, expires_at, file_counts, data_size, usage_bytes } = store
  const expiry = expires_at === null ? '' : `, expires on ${formatDateTime(expires_at)} without further use`
  return (
    <section className="card store-facts" aria-label="About this store">
      {description !== null && <p className="breakable">{formatName(description)}</p>}
      {!is_active && <p>This store has expired: it has lost its files and cannot be searched.</p>}
      <p className="fine store-id">
        <code>{id}</code>
        <CopyButton label="Copy the id of the store" text={id} />
        <span>
          Access: {access_mode}
          {is_active && expiry}
        </span>
      </p>
      <Figures
        figures={[
          ['Completed files', formatNumber(file_counts.completed)],
          ['In progress', formatNumber(file_counts.in_progress)],
          ['Failed', formatNumber(file_counts.failed + file_counts.cancelled)],
          ['Size of the files', formatBytes(data_size)],
          ['Size of the index', formatBytes(usage_bytes)],
        ]}
      />
    </section>
  )
}
