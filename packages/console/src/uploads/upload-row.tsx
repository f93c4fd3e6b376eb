import { memo } from 'react'
import { formatBytes, formatSeconds } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import type { UploadItem } from './upload-queue.ts'

export const UploadRow = memo(function UploadRow({ item }: { readonly item: UploadItem }) {
  const { file, folder, status, progress } = item
  const sent = status === 'done' ? file.size : (progress?.sentBytes ?? 0)
  const percent = file.size === 0 ? 0 : Math.floor((sent / file.size) * 100)
  return (
    <div className={`upload ${status}`}>
      <div className="upload-name" title={`${folder}${file.name}`}>
        {folder && <span className="fine">{folder}</span>}
        {file.name}
      </div>
      <progress max={100} value={percent} aria-label={`Progress of ${file.name}`} />
      <div className="upload-facts">{factsOf(item, sent, percent)}</div>
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
  if (status === 'failed') return error?.message ?? 'It failed.'
  if (status === 'queued') return `Waiting its turn · ${size}`
  const share = `${percent} % of ${size}`
  if (status === 'paused') return `Paused · ${share}`
  switch (progress?.state) {
    case 'uploading': {
      const { bytesPerSecond, secondsLeft } = progress
      const speed = bytesPerSecond ? ` · ${formatBytes(bytesPerSecond)}/s` : ''
      const left = secondsLeft === null ? '' : ` · ${formatSeconds(secondsLeft)} left`
      return `${isResumed && sent === 0 ? 'Going on · ' : ''}${share}${speed}${left}`
    }
    case 'waiting':
      return `Connection lost, trying again · ${share}`
    case 'registering':
      return 'Checking what arrived…'
    default:
      return 'Preparing…'
  }
}

function UploadActions({ item }: { readonly item: UploadItem }) {
  const { uploads } = useWorkspace()
  const { id, status, file } = item
  return (
    <div className="upload-actions">
      {(status === 'running' || status === 'queued') && (
        <Action icon="pause" label={`Pause ${file.name}`} onClick={() => uploads.pause(id)} />
      )}
      {status === 'paused' && (
        <Action icon="play" label={`Resume ${file.name}`} onClick={() => uploads.resume(id)} />
      )}
      {status === 'failed' && file.size > 0 && (
        <Action icon="retry" label={`Retry ${file.name}`} onClick={() => uploads.retry(id)} />
      )}
      {status !== 'done' && (
        <Action icon="close" label={`Cancel ${file.name}`} onClick={() => uploads.cancel(id)} />
      )}
      {status === 'done' && <Icon name="check" size={18} />}
    </div>
  )
}

interface ActionProps {
  readonly icon: IconName
  readonly label: string
  onClick(): void
}

function Action({ icon, label, onClick }: ActionProps) {
  return (
    <button type="button" className="button bare" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}
