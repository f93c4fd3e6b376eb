import { formatBytes, formatCount, formatName } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { UploadButton } from './upload-button.tsx'

const MAX_NAMED = 3

/**
 * Offers to resume uploads that a reload interrupted. The user must choose the files again, because browsers forget
 * them.
 */
export function InterruptedBanner() {
  const { interrupted } = useWorkspace()
  const list = useStore(interrupted.list)
  if (list.length === 0) return null
  const named = list.slice(0, MAX_NAMED)
  return (
    <section className="notice interrupted" aria-label="Interrupted uploads">
      <Icon name="alert" />
      <div>
        <p>
          <strong>{formatCount(list.length, 'upload was', 'uploads were')} interrupted.</strong> To resume,
          choose the same files again or drop them here.
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
        <UploadButton label="Choose files to resume" />
        <button
          type="button"
          className="button"
          onClick={() => {
            interrupted.forget()
            refocus()
          }}
        >
          Dismiss
        </button>
      </div>
    </section>
  )
}
