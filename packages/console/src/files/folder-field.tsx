import { FIRST_FOCUS } from '../parts/dialog.tsx'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { ancestorsOf } from './folder-path.ts'

export interface FolderFieldProps {
  readonly path: string
  /** True for the field that has the focus when the dialog opens. */
  readonly isFirst: boolean
}

/** Field `path` of a form, which offers the folders that are shown. */
export function FolderField({ path, isFirst }: FolderFieldProps) {
  const { files } = useWorkspace()
  const { folder, folders } = useStore(files.state)
  const offered = ['', ...ancestorsOf(folder ?? ''), ...folders].filter((one) => one !== '')
  return (
    <label className="field">
      <span>Folder</span>
      <input
        name="path"
        defaultValue={path}
        autoComplete="off"
        list="known-folders"
        dir="auto"
        {...(isFirst && FIRST_FOCUS)}
      />
      <small className="fine">Such as reports/2026. Empty for no folder. A new folder is created.</small>
      <datalist id="known-folders">
        {offered.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </label>
  )
}
