import type { UpdateFileBody, WaybillFile } from '@waybill/sdk'
import { type FormEvent, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog, FIRST_FOCUS } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatCount } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { FolderField } from './folder-field.tsx'
import { MetadataFields, metadataOf } from './metadata-fields.tsx'

export interface EditFilesDialogProps {
  readonly ids: ReadonlySet<string>
  onClose(): void
}

/** Form that renames and moves a file and edits its metadata, or moves several files. */
export function EditFilesDialog({ ids, onClose }: EditFilesDialogProps) {
  const { files } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [first = ''] = ids
  const file = ids.size === 1 ? files.find(first) : null
  const path = commonFolder([...ids].map((id) => files.find(id)?.path ?? ''))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget), file)
    setBusy(true)
    const { changed, failure } = await files.update(ids, body)
    if (failure !== null) {
      setError(failure)
      return setBusy(false)
    }
    toast(file === null ? `${formatCount(changed.length, 'file')} moved` : 'Saved')
    onClose()
  }
  return (
    <Dialog
      title={file === null ? `Move ${formatCount(ids.size, 'file')}` : 'Edit the file'}
      onClose={isBusy ? null : onClose}
    >
      <form onSubmit={submit}>
        <div className="dialog-body">
          {error && <ErrorNotice error={error} />}
          {file && <NameField name={file.original_filename} />}
          <FolderField path={path} isFirst={file === null} />
          {file && <MetadataFields metadata={file.metadata} />}
        </div>
        <footer className="dialog-foot">
          <BusyButton className="button" isBusy={isBusy} onClick={onClose}>
            Cancel
          </BusyButton>
          <BusyButton type="submit" className="button primary" isBusy={isBusy}>
            {isBusy ? 'Please wait…' : file === null ? 'Move' : 'Save'}
          </BusyButton>
        </footer>
      </form>
    </Dialog>
  )
}

function NameField({ name }: { readonly name: string }) {
  return (
    <label className="field">
      <span>Name</span>
      <input name="filename" required defaultValue={name} autoComplete="off" dir="auto" {...FIRST_FOCUS} />
    </label>
  )
}

function bodyOf(fields: FormData, file: WaybillFile | null): UpdateFileBody {
  const path = String(fields.get('path')).replace(/^\/+|\/+$/g, '')
  if (file === null) return { path }
  return { path, filename: String(fields.get('filename')), metadata: metadataOf(fields) }
}

/** Returns the folder that all paths have in common as theirs; empty when they differ. */
function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths
  return paths.every((path) => path === first) ? first : ''
}
