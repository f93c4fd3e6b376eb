import type { UpdateFileBody, WaybillFile } from '@waybill/sdk'
import { type FormEvent, type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { BusyButton } from '../parts/busy-button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatCount } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { editedFields, folderOf } from './edited-fields.ts'
import { FolderField } from './folder-field.tsx'
import { MetadataFields } from './metadata-fields.tsx'

export interface EditFilesDialogProps {
  readonly ids: ReadonlySet<string>
  onClose(): void
}

/** Form that renames and moves a file and edits its metadata, or moves several files. */
export function EditFilesDialog({ ids, onClose }: EditFilesDialogProps) {
  const [isBusy, setBusy] = useState(false)
  const [first = ''] = ids
  const form = { ids, isBusy, onBusy: setBusy, onClose }
  return (
    <Dialog
      title={ids.size === 1 ? 'Edit the file' : `Move ${formatCount(ids.size, 'file')}`}
      onClose={isBusy ? null : onClose}
    >
      {ids.size === 1 ? <EditForm {...form} id={first} /> : <MoveForm {...form} />}
    </Dialog>
  )
}

interface FormProps extends EditFilesDialogProps {
  readonly isBusy: boolean
  onBusy(isBusy: boolean): void
}

/** Form for one file, which is loaded first: others may have changed it since it was listed. */
function EditForm({ id, ...props }: FormProps & { readonly id: string }) {
  const { files } = useWorkspace()
  const load = useCallback((signal: AbortSignal) => files.get(id, signal), [files, id])
  const { value: file, error, reload } = useLoaded(load)
  if (file !== null) return <LoadedForm {...props} file={file} />
  return (
    <div className="dialog-body">
      {error === null ? <p className="quiet">Loading…</p> : <ErrorNotice error={error} onRetry={reload} />}
    </div>
  )
}

function LoadedForm({ file, ...props }: FormProps & { readonly file: WaybillFile }) {
  const name = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => name.current?.focus(), [])
  return (
    <UpdateForm {...props} action="Save" bodyOf={(fields) => editedFields(fields, file)} done={() => 'Saved'}>
      <label className="field">
        <span>Name</span>
        <input
          ref={name}
          name="filename"
          required
          defaultValue={file.original_filename}
          autoComplete="off"
          dir="auto"
        />
      </label>
      <FolderField path={file.path ?? ''} isFirst={false} />
      <MetadataFields metadata={file.metadata} />
    </UpdateForm>
  )
}

function MoveForm(props: FormProps) {
  const { files } = useWorkspace()
  const path = commonFolder([...props.ids].map((id) => files.find(id)?.path ?? ''))
  return (
    <UpdateForm
      {...props}
      action="Move"
      bodyOf={(fields) => ({ path: folderOf(fields) })}
      done={(count) => `${formatCount(count, 'file')} moved`}
    >
      <FolderField path={path} isFirst />
    </UpdateForm>
  )
}

interface UpdateFormProps extends FormProps {
  readonly action: string
  readonly children: ReactNode
  /** Returns the changes to send; null when there are none. */
  bodyOf(fields: FormData): UpdateFileBody | null
  /** Returns the text for so many changed files. */
  done(count: number): string
}

function UpdateForm({ ids, isBusy, action, children, bodyOf, done, onBusy, onClose }: UpdateFormProps) {
  const { files } = useWorkspace()
  const [error, setError] = useState<Error | null>(null)
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    if (body === null) return onClose()
    onBusy(true)
    const { changed, failure } = await files.update(ids, body)
    if (failure !== null) {
      setError(failure)
      return onBusy(false)
    }
    toast(done(changed.length))
    onClose()
  }
  return (
    <form onSubmit={submit}>
      <div className="dialog-body">
        {error && <ErrorNotice error={error} />}
        {children}
      </div>
      <footer className="dialog-foot">
        <BusyButton className="button" isBusy={isBusy} onClick={onClose}>
          Cancel
        </BusyButton>
        <BusyButton type="submit" className="button primary" isBusy={isBusy}>
          {isBusy ? 'Please wait…' : action}
        </BusyButton>
      </footer>
    </form>
  )
}

/** Returns the folder that all paths have in common as theirs; empty when they differ. */
function commonFolder(paths: readonly string[]): string {
  const [first = ''] = paths
  return paths.every((path) => path === first) ? first : ''
}
