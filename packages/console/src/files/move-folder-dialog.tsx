import { type FormEvent, useEffect, useRef, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatCount } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { goTo, placeOfFolder } from '../shell/router.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { FolderField } from './folder-field.tsx'

export interface MoveFolderDialogProps {
  /** Folder that is shown. */
  readonly folder: string
  onClose(): void
}

/** Form that gives a folder another path. Files are moved one by one; closing it stops that, and it can be repeated. */
export function MoveFolderDialog({ folder, onClose }: MoveFolderDialogProps) {
  const { files } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [moved, setMoved] = useState(0)
  const closing = useRef(new AbortController())
  useEffect(() => () => closing.current.abort(), [])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const path = String(new FormData(event.currentTarget).get('path'))
    const { signal } = closing.current
    let count = moved
    setBusy(true)
    setError(null)
    try {
      await files.moveFolder(folder, path, signal, () => setMoved(++count))
    } catch (thrown) {
      if (signal.aborted) return
      setError(thrown as Error)
      return setBusy(false)
    }
    onClose()
    if (count === 0) return
    toast('The folder was moved')
    goTo(placeOfFolder(path.replace(/^\/+|\/+$/g, '')))
  }
  return (
    <Dialog title="Move the folder" onClose={onClose}>
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <ErrorNotice error={error} />}
          <FolderField path={folder} isFirst />
          <p role="status" className="fine">
            {moved > 0 && `${formatCount(moved, 'file')} moved`}
          </p>
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {isBusy ? 'Stop' : 'Cancel'}
          </button>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            {isBusy ? 'Please wait…' : 'Move'}
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}
