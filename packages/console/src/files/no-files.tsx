import { EmptyState } from '../parts/empty-state.tsx'
import { UploadButton } from '../uploads/upload-button.tsx'
import { WithScope } from '../workspace/with-scope.tsx'

/** Shown in place of an empty folder. `folder` is null for all files. */
export function NoFiles({ folder }: { readonly folder: string | null }) {
  return (
    <EmptyState icon="upload" title={folder ? 'No files in this folder' : 'No files yet'}>
      <p>Drop files or folders anywhere on this page, or choose them.</p>
      {folder && <p>A folder exists while it contains a file.</p>}
      <WithScope scope="files:write">
        <UploadButton label="Choose files" folder={folder ?? ''} />
      </WithScope>
    </EmptyState>
  )
}
