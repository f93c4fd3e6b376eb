import { type Dispatch, type SetStateAction, useCallback, useEffect, useState } from 'react'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatNumber } from '../parts/format.ts'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { goTo, placeOfFolder, usePlace } from '../shell/router.ts'
import { InterruptedBanner } from '../uploads/interrupted-banner.tsx'
import { UploadButton } from '../uploads/upload-button.tsx'
import { useMay } from '../workspace/use-scopes.ts'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { Breadcrumbs } from './breadcrumbs.tsx'
import { FileDetails } from './file-details.tsx'
import { FileDialogs, type OpenFileDialog } from './file-dialogs.tsx'
import { GONE } from './file-list.ts'
import { emptyList, type FileListState } from './file-list-state.ts'
import { FileTable } from './file-table.tsx'
import { NoFiles } from './no-files.tsx'
import { SearchField } from './search-field.tsx'
import { SelectionBar } from './selection-bar.tsx'
import './files.css'

const NONE: ReadonlySet<string> = new Set()
const openFolder = (path: string) => goTo(placeOfFolder(path))

/** The files of a folder, or all of them, with their actions. */
export function FilesPage() {
  const { files } = useWorkspace()
  const place = usePlace()
  const { folder, fileId } = place
  const state = useFolder(folder)
  const [selected, setSelected] = useState(NONE)
  const [dialog, setDialog] = useState<OpenFileDialog | null>(null)
  useWithoutGone(setSelected)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the selection ends with the folder
  useEffect(() => setSelected(NONE), [folder])
  const openFile = useCallback((id: string | null) => goTo({ ...place, fileId: id }), [place])
  const mayWrite = useMay()('files:write')
  const open = useCallback((opened: OpenFileDialog) => mayWrite && setDialog(opened), [mayWrite])
  const edit = useCallback((ids: ReadonlySet<string>) => open({ kind: 'edit', ids }), [open])
  const askToDelete = useCallback((ids: ReadonlySet<string>) => open({ kind: 'delete', ids }), [open])
  return (
    <div className={fileId === null ? 'files' : 'files with-details'}>
      <div className="files-main">
        <FilesHead state={state} />
        <Breadcrumbs folder={folder} onMove={(moved) => open({ kind: 'move-folder', folder: moved })} />
        <InterruptedBanner />
        {state.error && (
          <ErrorNotice
            error={state.error}
            onRetry={() => {
              files.reload()
              refocus()
            }}
          />
        )}
        {selected.size > 0 && (
          <SelectionBar
            selected={selected}
            onChange={setSelected}
            onEdit={() => edit(selected)}
            onDelete={() => askToDelete(selected)}
          />
        )}
        <FilesBody
          state={state}
          openId={fileId}
          selected={selected}
          onSelect={setSelected}
          onOpen={openFile}
          onOpenFolder={openFolder}
          onEdit={edit}
          onDelete={askToDelete}
        />
      </div>
      {fileId !== null && (
        <FileDetails
          key={fileId}
          fileId={fileId}
          onClose={() => {
            openFile(null)
            refocus()
          }}
          onEdit={() => edit(new Set([fileId]))}
          onShare={() => setDialog({ kind: 'share', fileId })}
          onDelete={() => askToDelete(new Set([fileId]))}
        />
      )}
      {dialog && (
        <FileDialogs
          dialog={dialog}
          onClose={() => setDialog(null)}
          onDeleted={(ids) => {
            setSelected(new Set([...selected].filter((id) => !ids.has(id))))
            if (fileId !== null && ids.has(fileId)) goTo({ ...place, fileId: null }, false)
          }}
        />
      )}
    </div>
  )
}

/** Shows the folder in the list of files, and returns its state. */
function useFolder(folder: string | null): FileListState {
  const { files } = useWorkspace()
  const state = useStore(files.state)
  useEffect(() => files.show(folder), [files, folder])
  // Until the list has changed, it has the entries of another folder.
  return state.folder === folder ? state : emptyList(folder, '', state.sorting)
}

/** Removes files from the selection that others have deleted. */
function useWithoutGone(setSelected: Dispatch<SetStateAction<ReadonlySet<string>>>): void {
  const { live } = useWorkspace()
  useEffect(
    () =>
      live.subscribe((events) => {
        const gone = new Set(events?.filter(({ type }) => GONE.has(type)).map(({ data }) => String(data.id)))
        setSelected((before) => {
          const left = [...before].filter((id) => !gone.has(id))
          return left.length === before.size ? before : new Set(left)
        })
      }),
    [live, setSelected],
  )
}

function FilesBody(props: React.ComponentProps<typeof FileTable>) {
  const { folder, folders, files, hasMore, error, search } = props.state
  const isEmpty = folders.length === 0 && files.length === 0
  if (isEmpty && error) return null
  if (isEmpty && !hasMore && search === '') return <NoFiles folder={folder} />
  return <FileTable {...props} />
}

function FilesHead({ state }: { readonly state: FileListState }) {
  const { folder, totalCount, files, hasMore } = state
  const count = totalCount ?? (hasMore ? null : files.length)
  return (
    <header className="page-head">
      <h1>Files {count !== null && <span className="count">{formatNumber(count)}</span>}</h1>
      <SearchField state={state} />
      <div className="page-actions">
        <WithScope scope="files:write">
          <UploadButton label="Upload folder" isFolder folder={folder ?? ''} />
          <UploadButton label="Upload files" isPrimary folder={folder ?? ''} />
        </WithScope>
      </div>
    </header>
  )
}
