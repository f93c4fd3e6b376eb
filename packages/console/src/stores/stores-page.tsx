import {
  PermissionError,
  type VectorStore,
  type VectorStores,
  type VectorStoreUsage,
  type WaybillEvent,
} from '@waybill/sdk'
import { useCallback, useState } from 'react'
import { useLiveRefresh } from '../live/use-live-refresh.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes, formatDate, formatDateTime, formatName, formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { PlaceLink } from '../shell/place-link.tsx'
import { goTo, placeOfStore, usePlace } from '../shell/router.ts'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { CreateStoreDialog } from './create-store-dialog.tsx'
import { Figures } from './figures.tsx'
import { NoPermission } from './no-permission.tsx'
import { storeName } from './store-name.ts'
import { StorePage } from './store-page.tsx'
import './stores.css'

const STORES_PER_LOAD = 100
const concernsStores = ({ type }: WaybillEvent) => type.startsWith('vector_store.')

export function StoresPage() {
  const { storeId } = usePlace()
  return storeId === null ? <StoreList /> : <StorePage key={storeId} storeId={storeId} />
}

/** The vector stores that the key may see, and their sizes. */
function StoreList() {
  const { client } = useWorkspace()
  const [search, setSearch] = useState('')
  const [wanted, setWanted] = useState(STORES_PER_LOAD)
  const load = useCallback(
    async (signal: AbortSignal) => {
      const { vectorStores } = client()
      const [listed, usage] = await Promise.all([
        listStores(vectorStores, search, wanted, signal),
        vectorStores.usage({ signal }),
      ])
      return { ...listed, usage }
    },
    [client, search, wanted],
  )
  const { value, error, isLoading, reload, refresh } = useLoaded(load)
  useLiveRefresh(concernsStores, refresh)
  const [isCreating, setCreating] = useState(false)
  const isForbidden = error instanceof PermissionError
  return (
    <div className="page">
      <header className="page-head">
        <h1>Vector stores</h1>
        <SearchStores onChange={setSearch} />
        <div className="page-actions">
          <WithScope scope="vector_stores:write">
            <button
              type="button"
              className="button primary"
              disabled={isForbidden}
              onClick={() => setCreating(true)}
            >
              <Icon name="plus" /> Create store
            </button>
          </WithScope>
        </div>
      </header>
      {isForbidden && <NoPermission />}
      {error && !isForbidden && <ErrorNotice error={error} onRetry={reload} />}
      {isLoading && value === null && <p className="quiet">Loading…</p>}
      {value !== null && !isForbidden && (
        <>
          <Usage usage={value.usage} />
          {value.stores.length === 0 ? <NoStores search={search} /> : <StoreTable stores={value.stores} />}
          {value.stores.length < value.total && (
            <button type="button" className="button" onClick={() => setWanted(wanted + STORES_PER_LOAD)}>
              Show more of {formatNumber(value.total)}
            </button>
          )}
        </>
      )}
      {isCreating && (
        <CreateStoreDialog
          onClose={() => setCreating(false)}
          onCreated={({ id }) => goTo(placeOfStore(id))}
        />
      )}
    </div>
  )
}

/** Lists at least `wanted` stores, if there are so many, and the number of all. */
async function listStores(vectorStores: VectorStores, search: string, wanted: number, signal: AbortSignal) {
  const stores: VectorStore[] = []
  const query = { take: STORES_PER_LOAD, ...(search === '' ? {} : { search }) }
  for await (const { data, total } of vectorStores.list(query, { signal }).pages()) {
    stores.push(...data)
    if (stores.length >= wanted) return { stores, total }
  }
  return { stores, total: stores.length }
}

function SearchStores({ onChange }: { onChange(search: string): void }) {
  return (
    <div className="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search by name or description"
        placeholder="Search"
        maxLength={255}
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
    </div>
  )
}

function NoStores({ search }: { readonly search: string }) {
  if (search !== '') {
    return (
      <EmptyState icon="search" title="Nothing found">
        <p>No name or description contains "{search}".</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="search" title="No vector stores yet">
      <p>A vector store makes the text of files searchable. Create one, and add files to it.</p>
    </EmptyState>
  )
}

function Usage({ usage }: { readonly usage: VectorStoreUsage }) {
  const indexBytes = usage.vector_stores.reduce((sum, { usage_bytes }) => sum + usage_bytes, 0)
  return (
    <section className="card" aria-label="Usage">
      <Figures
        figures={[
          ['Vector stores', formatNumber(usage.vector_store_count)],
          ['Files', formatNumber(usage.total_files)],
          ['Size of the files', formatBytes(usage.total_size_bytes)],
          ['Size of the index', formatBytes(indexBytes)],
        ]}
      />
    </section>
  )
}

function StoreTable({ stores }: { readonly stores: readonly VectorStore[] }) {
  return (
    <PlainTable columns={['Name', 'Files', 'Size', 'Access', 'Created', 'Expires']}>
      {stores.map((store) => (
        <StoreRow key={store.id} store={store} />
      ))}
    </PlainTable>
  )
}

function StoreRow({ store }: { readonly store: VectorStore }) {
  const { id, description, file_counts, data_size, access_mode, is_active, created_at, expires_at } = store
  const failed = file_counts.failed + file_counts.cancelled
  return (
    <tr>
      <th scope="row" className="store-name">
        <PlaceLink place={placeOfStore(id)}>{storeName(store)}</PlaceLink>
        {description !== null && <p className="fine">{formatName(description)}</p>}
      </th>
      <td data-label="Files">
        <span className="tags">
          {formatNumber(file_counts.total)}
          {file_counts.in_progress > 0 && (
            <span className="tag">{formatNumber(file_counts.in_progress)} in progress</span>
          )}
          {failed > 0 && <span className="tag bad">{formatNumber(failed)} failed</span>}
        </span>
      </td>
      <td data-label="Size">{formatBytes(data_size)}</td>
      <td data-label="Access">{is_active ? access_mode : 'expired'}</td>
      <td data-label="Created">
        <time dateTime={created_at} title={formatDateTime(created_at)}>
          {formatDate(created_at)}
        </time>
      </td>
      <td data-label="Expires">{expires_at === null ? 'never' : formatDate(expires_at)}</td>
    </tr>
  )
}
