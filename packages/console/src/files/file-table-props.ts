import type { FileListState } from './file-list.ts'

export interface FileTableProps {
  readonly state: FileListState
  readonly openId: string | null
  readonly selected: ReadonlySet<string>
  onSelect(selected: ReadonlySet<string>): void
  onOpen(fileId: string | null): void
  onDelete(ids: ReadonlySet<string>): void
}
