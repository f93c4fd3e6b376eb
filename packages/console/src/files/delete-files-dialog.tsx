import { useState } from 'react'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { formatCount, formatName } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { FileList } from './file-list.ts'

export interface DeleteFilesDialogProps {
  readonly ids: ReadonlySet<string>
  onClose(): void
  onDeleted(): void
}

export function DeleteFilesDialog({ ids, onClose, onDeleted }: DeleteFilesDialogProps) {
  const { files } = useWorkspace()
  const [first] = ids
  // The list forgets the file as soon as it is deleted.
  const [name] = useState(() => first && formatName(files.find(first)?.original_filename ?? first))
  const counted = formatCount(ids.size, 'file')
  return (
    <ConfirmDialog
      title={`Delete ${counted}?`}
      action={`Delete ${counted}`}
      isDangerous
      onClose={onClose}
      onConfirm={async () => {
        const { changed: removed, failure } = await files.remove(ids)
        if (removed.length > 0) offerUndo(files, removed)
        if (failure !== null) throw failure
        onDeleted()
      }}
    >
      <p>
        {ids.size === 1 ? (
          <strong className="breakable">
            <bdi>{name}</bdi>
          </strong>
        ) : (
          `${counted} of this organization`
        )}{' '}
        will be moved to the trash for all users, and removed from vector stores. The service deletes files in
        the trash after some days.
      </p>
    </ConfirmDialog>
  )
}

function offerUndo(files: FileList, ids: readonly string[]): void {
  const counted = formatCount(ids.length, 'file')
  toast(`${counted} deleted`, {
    label: 'Undo',
    run: () => {
      files.restore(ids).then(
        () => toast(`${counted} restored`),
        (error: Error) => toast(error.message),
      )
    },
  })
}
