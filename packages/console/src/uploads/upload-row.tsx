import { memo } from 'react'
import { formatBytes, formatName, formatSeconds } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { refusalText } from '../parts/refusal-text.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { UploadItem, UploadQueue } from './upload-queue.ts'

export const UploadRow = memo(function UploadRow({ item }: { readonly item: UploadItem }) {
  const { file, folder, status, progress } = item
  const sent = status === 'done' ? file.size : (progress?.sentBytes ?? 0)
  const emptyPercent = status === 'done' ? 100 : 0
  const percent = file.size === 0 ? emptyPercent : Math.floor((sent / file.size) * 100)
  const facts = factsOf(item, sent, percent)
  return (
    <div className={`upload ${status}`}>
      <div className="upload-name" dir="auto" title={formatName(`${folder}${file.name}`)}>
        {folder && <span className="fine">{formatName(folder)}</span>}
        {formatName(file.name)}
      </div>
      <progress max={100} value={percent} aria-label={`Progress of ${formatName(file.name)}`} />
      <div className="upload-facts" title={status === 'failed' ? facts : undefined}>
        {facts}
      </div>
      <UploadActions item={item} />
    </div>
  )
})

function factsOf(
  { file, status, progress, error, isResumed }: UploadItem,
  sent: number,
  percent: number,
): string {
  const size = formatBytes(file.size)
  if (status === 'done') return `Done · ${size}`
  if (status === 'failed') return failureOf(error)
  if (status === 'queued') return `Queued · ${size}`
  const share = `${percent} % of ${size}`
  if (status === 'paused') return `Paused · ${share}`
  switch (progress?.state) {
    case 'uploading': {
      const { bytesPerSecond, secondsLeft } = progress
      const speed = bytesPerSecond ? ` · ${formatBytes(bytesPerSecond)}/s` : ''
      const left = secondsLeft === null ? '' : ` · ${formatSeconds(secondsLeft)} left`
      return `${isResumed && sent === 0 ? 'Resuming · ' : ''}${share}${speed}${left}`
    }
    case 'waiting':
      return `Connection lost, retrying · ${share}`
    case 'registering':
      return 'Verifying…'
    default:
      return 'Preparing…'
  }
}

function failureOf(error: Error | null): string {
  if (error === null) return 'The upload failed.'
  const refusal = refusalText(error)
  return refusal === null ? error.message : `${error.message} ${refusal}`
}

function UploadActions({ item }: { readonly item: UploadItem }) {
  const { uploads } = useWorkspace()
  const { id, status, file } = item
  const name = formatName(file.name)
  const cancel = () => {
    uploads.cancel(id)
    refocus('.dock-list')
  }
  return (
    <div className="upload-actions">
      {/* The same button for all actions, so that it keeps the focus after a click. */}
      <Action {...nextAction(item, name, uploads)} />
      <Action
        icon="close"
        label={status === 'done' ? `Remove ${name} from the list` : `Cancel ${name}`}
        onClick={cancel}
      />
    </div>
  )
}

/** Returns the action that fits the upload's status. A finished upload has none. */
function nextAction({ id, status }: UploadItem, name: string, uploads: UploadQueue): ActionProps {
  switch (status) {
    case 'paused':
      return { icon: 'play', label: `Resume ${name}`, onClick: () => uploads.resume(id) }
    case 'failed':
      return { icon: 'retry', label: `Retry ${name}`, onClick: () => uploads.retry(id) }
    case 'done':
      return { icon: 'check', label: `${name} is done`, onClick: null }
    default:
      return { icon: 'pause', label: `Pause ${name}`, onClick: () => uploads.pause(id) }
  }
}

interface ActionProps {
  readonly icon: IconName
  readonly label: string
  /** Click handler, or null for a button that only shows a state. */
  readonly onClick: (() => void) | null
}

function Action({ icon, label, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="button bare"
      aria-label={label}
      aria-disabled={onClick === null || undefined}
      title={label}
      onClick={() => onClick?.()}
    >
      <Icon name={icon} />
    </button>
  )
}
