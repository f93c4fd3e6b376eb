import type { WaybillFile } from '@waybill/sdk'
import { formatBytes, formatDateTime, formatName } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { WithScope } from '../workspace/with-scope.tsx'

export interface TrashTableProps {
  readonly files: readonly WaybillFile[]
  onRestore(file: WaybillFile): void
  onDelete(file: WaybillFile): void
}

export function TrashTable({ files, onRestore, onDelete }: TrashTableProps) {
  return (
    <PlainTable columns={['Name', 'Folder', 'Size', 'Deleted']} hasActions>
      {files.map((file) => {
        const name = formatName(file.original_filename)
        return (
          <tr key={file.id}>
            <th scope="row">
              <bdi>{name}</bdi>
            </th>
            <td data-label="Folder">{file.path === null ? '—' : <bdi>{formatName(file.path)}</bdi>}</td>
            <td data-label="Size">{formatBytes(file.file_size)}</td>
            <td data-label="Deleted">{file.trashed_at === null ? '—' : formatDateTime(file.trashed_at)}</td>
            <td className="actions">
              <WithScope scope="files:write">
                <IconButton icon="retry" label={`Restore ${name}`} onClick={() => onRestore(file)} />
                <IconButton
                  icon="trash"
                  label={`Delete ${name} permanently`}
                  onClick={() => onDelete(file)}
                />
              </WithScope>
            </td>
          </tr>
        )
      })}
    </PlainTable>
  )
}
