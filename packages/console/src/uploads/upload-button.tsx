import { useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { chosenFiles, type DroppedFile, inFolder } from './dropped-files.ts'
import { canChooseHandles, chooseHandles } from './file-handles.ts'

export interface UploadButtonProps {
  readonly label: string
  readonly isFolder?: boolean
  readonly isPrimary?: boolean
  /** Folder that the files go to, such as `reports/2026`; the root by default. */
  readonly folder?: string
  /** Vector store that gets the files after their upload. */
  readonly storeId?: string | null
}

/** Button that lets the user choose files, or a folder with its contents. */
export function UploadButton(props: UploadButtonProps) {
  const { label, isFolder = false, isPrimary = false, folder = '', storeId = null } = props
  const { uploads } = useWorkspace()
  const input = useRef<HTMLInputElement>(null)
  const add = (files: readonly DroppedFile[]) => {
    uploads.add(inFolder(files, folder), storeId)
    // The button disappears with the banner or empty state that contains it.
    refocus()
  }
  const choose = () => {
    if (isFolder || !canChooseHandles()) return input.current?.click()
    chooseFiles().then(add, () => toast('The chosen files cannot be read.'))
  }
  return (
    <>
      <button
        type="button"
        className={`button${isPrimary ? ' primary' : ''}${isFolder ? ' short-when-narrow' : ''}`}
        aria-label={label}
        onClick={choose}
      >
        <Icon name={isFolder ? 'folder' : 'upload'} />
        <span>{label}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        tabIndex={-1}
        {...(isFolder ? { webkitdirectory: '' } : {})}
        onChange={({ currentTarget }) => {
          add(chosenFiles(currentTarget.files ?? []))
          // Reset, so that choosing the same file again causes a change event.
          currentTarget.value = ''
        }}
      />
    </>
  )
}

async function chooseFiles(): Promise<DroppedFile[]> {
  const handles = await chooseHandles()
  return Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), folder: '', handle })))
}
