import type { FileListState } from './file-list-state.ts'

export interface FileTableProps {
  readonly state: FileListState
  readonly openId: string | null
  readonly selected: ReadonlySet<string>
  onSelect(selected: ReadonlySet<string>): void
  onOpen(fileId: string | null): void
  onOpenFolder(path: string): void
  onEdit(ids: ReadonlySet<string>): void
  onDelete(ids: ReadonlySet<string>): void
}
