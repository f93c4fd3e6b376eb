import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { formatCount, formatName } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'

export interface DeleteFilesDialogProps {
  readonly ids: ReadonlySet<string>
  onClose(): void
  onDeleted(): void
}

export function DeleteFilesDialog({ ids, onClose, onDeleted }: DeleteFilesDialogProps) {
  const { files } = useWorkspace()
  const [first] = ids
  const name = first === undefined ? null : formatName(files.find(first)?.original_filename ?? first)
  const counted = formatCount(ids.size, 'file')
  return (
    <ConfirmDialog
      title={`Delete ${counted}?`}
      action={`Delete ${counted}`}
      isDangerous
      onClose={onClose}
      onConfirm={async () => {
        await files.remove(ids)
        onDeleted()
        toast(`${counted} deleted`)
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
        will be deleted for all users. This cannot be undone.
      </p>
    </ConfirmDialog>
  )
}
