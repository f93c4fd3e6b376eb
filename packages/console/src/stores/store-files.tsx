import type { ProcessingStatus, VectorStoreFile } from '@waybill/sdk'
import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { formatBytes, formatName, formatNumber } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { refocus } from '../parts/refocus.ts'
import { toast } from '../parts/toasts.tsx'
import { PlaceLink } from '../shell/place-link.tsx'
import { placeOfFile } from '../shell/router.ts'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { stateText } from './file-state.ts'
import { type Filter, pageCountOf, type StoreFeed, type StoreFeedState } from './store-feed.ts'

export interface StoreFilesProps {
  readonly storeId: string
  readonly feed: StoreFeed
  readonly state: StoreFeedState
}

const FILTER_LABELS: Readonly<Record<Filter, string>> = {
  all: 'All',
  unfinished: 'In progress',
  completed: 'Completed',
  failed: 'Failed',
}

/** Files of the store, a page at a time, with their progress. */
export function StoreFiles({ storeId, feed, state }: StoreFilesProps) {
  const { client } = useWorkspace()
  const { files, filter, page, progress } = state
  const [toRemove, setToRemove] = useState<VectorStoreFile | null>(null)
  const retry = async (file: VectorStoreFile) => {
    try {
      await client().vectorStores.files.retry(storeId, file.id)
      await feed.refresh()
      refocus()
    } catch (error) {
      toast((error as Error).message)
    }
  }
  const pages = pageCountOf(state)
  return (
    <section aria-labelledby="store-files-title">
      <header className="section-head">
        <h2 id="store-files-title">Files</h2>
        <FilterChoice filter={filter} onChange={(next) => feed.show(1, next)} />
      </header>
      {files.length === 0 && <NoFiles filter={filter} />}
      {files.length > 0 && (
        <FileTable files={files} progress={progress} onRetry={retry} onRemove={setToRemove} />
      )}
      {pages > 1 && <Pager page={page} count={pages} onChange={(next) => feed.show(next, filter)} />}
      {toRemove && (
        <RemoveDialog
          storeId={storeId}
          file={toRemove}
          onClose={() => setToRemove(null)}
          onRemoved={feed.refresh}
        />
      )}
    </section>
  )
}

interface FilterChoiceProps {
  readonly filter: Filter
  onChange(filter: Filter): void
}

function FilterChoice({ filter, onChange }: FilterChoiceProps) {
  return (
    <div className="filters" role="group" aria-label="Shown files">
      {(Object.keys(FILTER_LABELS) as Filter[]).map((one) => (
        <button
          key={one}
          type="button"
          className="button"
          aria-pressed={one === filter}
          onClick={() => onChange(one)}
        >
          {FILTER_LABELS[one]}
        </button>
      ))}
    </div>
  )
}

function NoFiles({ filter }: { readonly filter: Filter }) {
  if (filter !== 'all') return <p className="quiet">No file of this store is in this state.</p>
  return (
    <EmptyState icon="file" title="No files in this store">
      <p>Add files of this organization, or drop files here to upload them.</p>
    </EmptyState>
  )
}

interface FileTableProps {
  readonly files: readonly VectorStoreFile[]
  readonly progress: StoreFeedState['progress']
  onRetry(file: VectorStoreFile): void
  onRemove(file: VectorStoreFile): void
}

function FileTable({ files, progress, onRetry, onRemove }: FileTableProps) {
  return (
    <PlainTable className="store-files" columns={['Name', 'State', 'Size', 'Attributes']} hasActions>
      {files.map((file) => (
        <FileRow
          key={file.id}
          file={file}
          progress={progress.get(file.id) ?? null}
          onRetry={onRetry}
          onRemove={onRemove}
        />
      ))}
    </PlainTable>
  )
}

interface FileRowProps extends Pick<FileTableProps, 'onRetry' | 'onRemove'> {
  readonly file: VectorStoreFile
  readonly progress: ProcessingStatus | null
}

function FileRow({ file, progress, onRetry, onRemove }: FileRowProps) {
  const { file_id, processing_status: status, file_size, error_message } = file
  const name = nameOf(file)
  return (
    <tr>
      <th scope="row">
        <PlaceLink place={placeOfFile(file_id)}>
          <bdi>{name}</bdi>
        </PlaceLink>
      </th>
      <td data-label="State">
        <div className="file-state">
          <span className={`state ${status}`}>{stateText(file, progress)}</span>
          {status === 'processing' && progress !== null && (
            <progress max={100} value={progress.progress_percent} aria-label={`Progress of ${name}`} />
          )}
          {status === 'failed' && error_message !== null && (
            <p className="fine breakable">{formatName(error_message)}</p>
          )}
        </div>
      </td>
      <td data-label="Size">{file_size === null ? '—' : formatBytes(file_size)}</td>
      <td data-label="Attributes">
        <Attributes attributes={file.attributes} />
      </td>
      <td className="actions">
        <WithScope scope="vector_stores:write">
          {status === 'failed' && (
            <IconButton icon="retry" label={`Index ${name} again`} onClick={() => onRetry(file)} />
          )}
          <IconButton icon="trash" label={`Remove ${name}`} onClick={() => onRemove(file)} />
        </WithScope>
      </td>
    </tr>
  )
}

const nameOf = ({ file_name, file_id }: VectorStoreFile): string => formatName(file_name ?? file_id)

export function Attributes({ attributes }: Pick<VectorStoreFile, 'attributes'>) {
  const entries = Object.entries(attributes)
  if (entries.length === 0) return '—'
  return (
    <span className="tags">
      {entries.map(([key, value]) => (
        <span key={key} className="tag breakable">
          {formatName(key)}: {formatName(String(value))}
        </span>
      ))}
    </span>
  )
}

interface PagerProps {
  readonly page: number
  readonly count: number
  onChange(page: number): void
}

function Pager({ page, count, onChange }: PagerProps) {
  return (
    <div className="pager">
      <button type="button" className="button" disabled={page <= 1} onClick={() => onChange(page - 1)}>
        Previous
      </button>
      <span role="status">
        Page {formatNumber(page)} of {formatNumber(count)}
      </span>
      <button type="button" className="button" disabled={page >= count} onClick={() => onChange(page + 1)}>
        Next
      </button>
    </div>
  )
}

interface RemoveDialogProps {
  readonly storeId: string
  readonly file: VectorStoreFile
  onClose(): void
  onRemoved(): Promise<void>
}

function RemoveDialog({ storeId, file, onClose, onRemoved }: RemoveDialogProps) {
  const { client } = useWorkspace()
  return (
    <ConfirmDialog
      title="Remove this file from the store?"
      action="Remove the file"
      isDangerous
      onClose={onClose}
      onConfirm={async () => {
        await client().vectorStores.files.remove(storeId, file.id)
        await onRemoved()
      }}
    >
      <p>
        Searches in this store will not find{' '}
        <strong className="breakable">
          <bdi>{nameOf(file)}</bdi>
        </strong>{' '}
        any more. The file stays in Files.
      </p>
    </ConfirmDialog>
  )
}
