import { useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { formatBytes, formatNumber } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { toast } from '../parts/toasts.tsx'
import { WithScope } from '../workspace/with-scope.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { downloadFiles } from './download-files.ts'

export interface SelectionBarProps {
  readonly selected: ReadonlySet<string>
  onChange(selected: ReadonlySet<string>): void
  onEdit(): void
  onDelete(): void
}

/** Actions for the selected files. */
export function SelectionBar({ selected, onChange, onEdit, onDelete }: SelectionBarProps) {
  const { client, files } = useWorkspace()
  const [isBusy, setBusy] = useState(false)
  let bytes = 0
  for (const id of selected) bytes += files.find(id)?.file_size ?? 0
  const download = async () => {
    setBusy(true)
    await downloadFiles(client(), [...selected]).catch((error: Error) => toast(error.message))
    setBusy(false)
  }
  return (
    <div className="selection" role="group" aria-label="Selected files">
      <span role="status">
        <strong>{formatNumber(selected.size)} selected</strong>{' '}
        <span className="fine">{formatBytes(bytes)}</span>
      </span>
      <BusyButton className="button" isBusy={isBusy} onClick={download}>
        <Icon name="download" /> Download
      </BusyButton>
      <WithScope scope="files:write">
        <button type="button" className="button" onClick={onEdit}>
          <Icon name="folder" /> {selected.size === 1 ? 'Rename or move' : 'Move'}
        </button>
        <button type="button" className="button danger-quiet" onClick={onDelete}>
          <Icon name="trash" /> Delete
        </button>
      </WithScope>
      <button
        type="button"
        className="button bare"
        onClick={() => {
          onChange(new Set())
          refocus()
        }}
      >
        Clear
      </button>
    </div>
  )
}
