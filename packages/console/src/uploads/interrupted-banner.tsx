import { formatBytes, formatCount, formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { toast } from '../parts/toasts.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { UploadButton } from './upload-button.tsx'

const MAX_NAMED = 3

/**
 * Offers to resume uploads that a reload interrupted. Where the browser has kept no handle of a file, the user must
 * choose it again.
 */
export function InterruptedBanner() {
  const { interrupted, uploads } = useWorkspace()
  const list = useStore(interrupted.list)
  if (list.length === 0) return null
  const isReopenable = list.every(({ handle }) => handle !== null)
  const resume = async () => {
    const count = list.length
    const files = await interrupted.reopen()
    uploads.add(files)
    if (files.length < count) toast('Some files cannot be read any more. Choose them again.')
    refocus()
  }
  const named = list.slice(0, MAX_NAMED)
  return (
    <section className="notice interrupted" aria-label="Interrupted uploads">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{formatCount(list.length, 'upload was', 'uploads were')} interrupted.</strong>{' '}
          {!isReopenable && 'To resume, choose the same files again or drop them here.'}
        </p>
        <ul>
          {named.map(({ name, sizeBytes, modifiedMs, sentBytes }) => (
            <li key={`${name} ${sizeBytes} ${modifiedMs}`}>
              <bdi>{formatName(name)}</bdi>{' '}
              <progress max={sizeBytes} value={sentBytes} aria-label={`Progress of ${formatName(name)}`} />{' '}
              <span className="fine">
                {formatBytes(sentBytes)} of {formatBytes(sizeBytes)}
              </span>
            </li>
          ))}
          {list.length > named.length && (
            <li>and {formatCount(list.length - named.length, 'more', 'more')}</li>
          )}
        </ul>
      </div>
      <div className="notice-actions">
        {list.some(({ handle }) => handle !== null) && (
          <button type="button" className="button primary" onClick={resume}>
            <Icon name="play" /> Resume
          </button>
        )}
        <UploadButton label="Choose files to resume" />
        <button
          type="button"
          className="button"
          onClick={() => {
            void interrupted.forget()
            refocus()
          }}
        >
          Dismiss
        </button>
      </div>
    </section>
  )
}
