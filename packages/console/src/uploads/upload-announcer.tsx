import { formatCount } from '../parts/format.ts'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { isUnfinished, type UploadItem } from './upload-queue.ts'

/** Says how far the uploads are to those who do not see it. It is always there: only what changes in it is read out. */
export function UploadAnnouncer() {
  const { uploads } = useWorkspace()
  return <output className="off-screen">{saidOf(useStore(uploads.items))}</output>
}

/** Changes with each quarter of all bytes, and not with each piece or file, so that one can hear something else too. */
function saidOf(items: readonly UploadItem[]): string {
  if (items.length === 0) return ''
  const failed = items.filter(({ status }) => status === 'failed').length
  const failures = failed > 0 ? `, ${failed} failed` : ''
  if (!items.some(isUnfinished)) return `${formatCount(items.length - failed, 'upload')} done${failures}`
  let sent = 0
  let total = 0
  for (const { file, status, progress } of items) {
    total += file.size
    sent += status === 'done' ? file.size : (progress?.sentBytes ?? 0)
  }
  const quarter = Math.floor((sent / Math.max(total, 1)) * 4)
  return `Uploading ${formatCount(items.length, 'file')}, ${quarter * 25} percent${failures}`
}
