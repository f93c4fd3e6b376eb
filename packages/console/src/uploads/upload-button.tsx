import { useRef } from 'react'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { chosenFiles } from './dropped-files.ts'

export interface UploadButtonProps {
  readonly label: string
  readonly isFolder?: boolean
  readonly isPrimary?: boolean
  /** Vector store that gets the files after their upload. */
  readonly storeId?: string | null
}

/** Button that lets the user choose files, or a folder with its contents. */
export function UploadButton(props: UploadButtonProps) {
  const { label, isFolder = false, isPrimary = false, storeId = null } = props
  const { uploads } = useWorkspace()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        className={`button${isPrimary ? ' primary' : ''}${isFolder ? ' short-when-narrow' : ''}`}
        aria-label={label}
        onClick={() => input.current?.click()}
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
          uploads.add(chosenFiles(currentTarget.files ?? []), storeId)
          // Reset, so that choosing the same file again causes a change event.
          currentTarget.value = ''
          // The button disappears with the banner or empty state that contains it.
          refocus()
        }}
      />
    </>
  )
}
