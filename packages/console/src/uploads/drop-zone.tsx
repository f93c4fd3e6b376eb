import { useEffect, useState } from 'react'
import { formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { toast } from '../parts/toasts.tsx'
import { usePlace } from '../shell/router.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { droppedFiles, inFolder } from './dropped-files.ts'
import { isUnfinished } from './upload-queue.ts'
import './uploads.css'

/**
 * Uploads files that are dropped anywhere on the page, into the folder that is shown; on the page of a vector store, they
 * are added to it. Warns users who leave the page during an upload.
 */
export function DropZone() {
  const { uploads } = useWorkspace()
  const { page, folder, storeId } = usePlace()
  const target = page === 'files' ? (folder ?? '') : ''
  const [isOver, setOver] = useState(false)

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setOver(true)
    }
    const onDragLeave = (event: DragEvent) => {
      // The event also occurs between elements. `relatedTarget` is null only when the pointer leaves the window.
      if (event.relatedTarget === null) setOver(false)
    }
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event) || event.dataTransfer === null) return
      event.preventDefault()
      setOver(false)
      droppedFiles(event.dataTransfer).then(
        (files) => uploads.add(inFolder(files, target), storeId),
        () => toast('The dropped files cannot be read.'),
      )
    }
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (uploads.items.get().some(isUnfinished)) event.preventDefault()
    }
    window.addEventListener('dragover', onDragOver)
    window.addEventListener('dragleave', onDragLeave)
    window.addEventListener('drop', onDrop)
    window.addEventListener('beforeunload', onBeforeUnload)
    return () => {
      window.removeEventListener('dragover', onDragOver)
      window.removeEventListener('dragleave', onDragLeave)
      window.removeEventListener('drop', onDrop)
      window.removeEventListener('beforeunload', onBeforeUnload)
    }
  }, [uploads, storeId, target])

  if (!isOver) return null
  return (
    <div className="drop-zone">
      <p>
        <Icon name="upload" size={28} />
        Drop files or folders to upload them{' '}
        {storeId !== null ? 'and add them to this store' : target !== '' && `to ${formatName(target)}`}
      </p>
    </div>
  )
}
