import type { WaybillFile } from '@waybill/sdk'
import { useEffect, useState } from 'react'
import { createFileList, type FileList } from '../files/file-list.ts'
import { isSearching, MIN_SEARCH_CHARACTERS } from '../files/file-list-state.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatBytes, formatCount, formatName, formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { useStore } from '../parts/store.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

export interface AddFilesDialogProps {
  readonly storeId: string
  onClose(): void
}

const MAX_SHOWN = 100

/** Lets the user choose Files of the organization and adds them to the store. */
export function AddFilesDialog({ storeId, onClose }: AddFilesDialogProps) {
  const { client, adder } = useWorkspace()
  const [list] = useState(() => createFileList(client, () => {}, null))
  useEffect(() => list.loadUpTo(MAX_SHOWN), [list])
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const add = async () => {
    if (chosen.size === 0) return setError(new Error('Choose at least one file.'))
    setBusy(true)
    try {
      await adder.add(storeId, [...chosen])
      toast(`${formatCount(chosen.size, 'file')} added`)
      onClose()
    } catch (failure) {
      setError(failure as Error)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Add files to the store" onClose={isBusy ? null : onClose}>
      <div className="dialog-body">
        {error && <ErrorNotice error={error} />}
        <FileChoice list={list} chosen={chosen} onChange={setChosen} />
      </div>
      <footer className="dialog-foot">
        <BusyButton className="button" isBusy={isBusy} onClick={onClose}>
          Cancel
        </BusyButton>
        <BusyButton className="button primary" isBusy={isBusy} onClick={add}>
          {isBusy ? 'Please wait…' : `Add ${formatCount(chosen.size, 'file')}`}
        </BusyButton>
      </footer>
    </Dialog>
  )
}

interface FileChoiceProps {
  readonly list: FileList
  readonly chosen: ReadonlySet<string>
  onChange(chosen: ReadonlySet<string>): void
}

function FileChoice({ list, chosen, onChange }: FileChoiceProps) {
  const { files, hasMore, isLoading, error, search } = useStore(list.state)
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChange(next)
  }
  const isCut = files.length > MAX_SHOWN || hasMore
  return (
    <>
      <div className="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search files by name"
          placeholder="Search"
          onChange={({ currentTarget }) => list.search(currentTarget.value)}
          {...FIRST_FOCUS}
        />
      </div>
      {search !== '' && !isSearching({ search }) && (
        <p className="fine">Type at least {MIN_SEARCH_CHARACTERS} characters.</p>
      )}
      {error && <ErrorNotice error={error} onRetry={list.reload} />}
      {isLoading && files.length === 0 && <p className="quiet">Loading…</p>}
      {!isLoading && !error && files.length === 0 && <p className="quiet">No file is found.</p>}
      <ul className="choices" aria-label="Files">
        {files.slice(0, MAX_SHOWN).map((file) => (
          <Choice key={file.id} file={file} isChosen={chosen.has(file.id)} onToggle={() => toggle(file.id)} />
        ))}
      </ul>
      {isCut && (
        <p className="fine">Only {formatNumber(MAX_SHOWN)} files are shown. Search by name for others.</p>
      )}
    </>
  )
}

interface ChoiceProps {
  readonly file: WaybillFile
  readonly isChosen: boolean
  onToggle(): void
}

function Choice({ file, isChosen, onToggle }: ChoiceProps) {
  return (
    <li>
      <label className="check">
        <input type="checkbox" checked={isChosen} onChange={onToggle} />
        <bdi className="choice-name">{formatName(file.original_filename)}</bdi>
        <span className="fine">{formatBytes(file.file_size)}</span>
      </label>
    </li>
  )
}
