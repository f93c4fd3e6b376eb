import { useCallback, useEffect, useState } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatNumber } from '../parts/format.ts'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { goTo, placeOfFile, usePlace } from '../shell/router.ts'
import { InterruptedBanner } from '../uploads/interrupted-banner.tsx'
import { UploadButton } from '../uploads/upload-button.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { DeleteFilesDialog } from './delete-files-dialog.tsx'
import { FileDetails } from './file-details.tsx'
import type { FileListState } from './file-list.ts'
import { FileTable } from './file-table.tsx'
import { SearchField } from './search-field.tsx'
import { SelectionBar } from './selection-bar.tsx'
import './files.css'

const FIRST_ROWS = 100

const openFile = (fileId: string | null) => goTo(placeOfFile(fileId))
const closeFile = () => {
  openFile(null)
  refocus()
}

export function FilesPage() {
  const { files } = useWorkspace()
  const { fileId } = usePlace()
  const state = useStore(files.state)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [toDelete, setToDelete] = useState<ReadonlySet<string> | null>(null)
  useEffect(() => files.loadUpTo(FIRST_ROWS), [files])
  const askToDelete = useCallback((ids: ReadonlySet<string>) => setToDelete(ids), [])
  const retry = () => {
    files.reload()
    refocus()
  }
  const isEmpty = state.totalCount === 0
  return (
    <div className={fileId === null ? 'files' : 'files with-details'}>
      <div className="files-main">
        <FilesHead state={state} />
        <InterruptedBanner />
        {state.error && <ErrorNotice error={state.error} onRetry={retry} />}
        {selected.size > 0 && (
          <SelectionBar selected={selected} onChange={setSelected} onDelete={() => askToDelete(selected)} />
        )}
        {isEmpty && <NoFiles />}
        {!isEmpty && !(state.error && state.rows.length === 0) && (
          <FileTable
            state={state}
            openId={fileId}
            selected={selected}
            onSelect={setSelected}
            onOpen={openFile}
            onDelete={askToDelete}
          />
        )}
      </div>
      {fileId !== null && (
        <FileDetails
          key={fileId}
          fileId={fileId}
          onClose={closeFile}
          onDelete={() => askToDelete(new Set([fileId]))}
        />
      )}
      {toDelete && (
        <DeleteFilesDialog
          ids={toDelete}
          onClose={() => setToDelete(null)}
          onDeleted={() => {
            setSelected(new Set([...selected].filter((id) => !toDelete.has(id))))
            if (fileId !== null && toDelete.has(fileId)) goTo(placeOfFile(null), false)
          }}
        />
      )}
    </div>
  )
}

function FilesHead({ state }: { readonly state: FileListState }) {
  return (
    <header className="page-head">
      <h1>
        Files {state.totalCount !== null && <span className="count">{formatNumber(state.totalCount)}</span>}
      </h1>
      <SearchField />
      <div className="page-actions">
        <UploadButton label="Upload folder" isFolder />
        <UploadButton label="Upload files" isPrimary />
      </div>
    </header>
  )
}

function NoFiles() {
  return (
    <EmptyState icon="upload" title="No files yet">
      <p>Drop files or folders anywhere on this page, or choose them.</p>
      <UploadButton label="Choose files" />
    </EmptyState>
  )
}
