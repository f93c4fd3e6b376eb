import { DeleteFilesDialog } from './delete-files-dialog.tsx'
import { EditFilesDialog } from './edit-files-dialog.tsx'
import { MoveFolderDialog } from './move-folder-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'

export type OpenFileDialog =
  | { readonly kind: 'edit'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'share'; readonly fileId: string }
  | { readonly kind: 'move-folder'; readonly folder: string }
  | { readonly kind: 'delete'; readonly ids: ReadonlySet<string> }

export interface FileDialogsProps {
  readonly dialog: OpenFileDialog
  onClose(): void
  onDeleted(ids: ReadonlySet<string>): void
}

export function FileDialogs({ dialog, onClose, onDeleted }: FileDialogsProps) {
  if (dialog.kind === 'edit') return <EditFilesDialog ids={dialog.ids} onClose={onClose} />
  if (dialog.kind === 'share') return <ShareDialog fileId={dialog.fileId} onClose={onClose} />
  if (dialog.kind === 'move-folder') return <MoveFolderDialog folder={dialog.folder} onClose={onClose} />
  const { ids } = dialog
  return <DeleteFilesDialog ids={ids} onClose={onClose} onDeleted={() => onDeleted(ids)} />
}
