import { formatCount } from '../parts/format.ts'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { isUnfinished, type UploadItem } from './upload-queue.ts'

/**
 * Announces the progress of uploads to screen readers. Always rendered, because they announce only changes of its
 * text.
 */
export function UploadAnnouncer() {
  const { uploads } = useWorkspace()
  return <output className="off-screen">{announcementOf(useStore(uploads.items))}</output>
}

/**
 * Returns the announcement. It changes only with each quarter of all bytes, so that it does not interrupt all the
 * time.
 */
function announcementOf(items: readonly UploadItem[]): string {
  if (items.length === 0) return ''
  const failed = items.filter(({ status }) => status === 'failed').length
  const failures = failed > 0 ? `, ${failed} failed` : ''
  if (failed === items.length) return `${formatCount(failed, 'upload')} failed`
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
