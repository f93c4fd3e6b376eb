import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { formatBytes, formatCount } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { refocus } from '../parts/refocus.ts'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { isUnfinished, type UploadItem } from './upload-queue.ts'
import { UploadRow } from './upload-row.tsx'

const ROW_HEIGHT = 52

/** List of uploads, shown below every page. */
export function UploadDock() {
  const { uploads } = useWorkspace()
  const items = useStore(uploads.items)
  const [isOpen, setOpen] = useState(true)
  const isShown = items.length > 0
  // Opens the list when uploads are added, so that the user sees their progress.
  useEffect(() => {
    if (isShown) setOpen(true)
  }, [isShown])
  if (!isShown) return null
  return (
    <section className="dock" aria-label="Uploads">
      <header className="dock-head">
        <button type="button" className="dock-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name="chevron" />
          <DockSummary items={items} />
        </button>
        <DockActions items={items} />
      </header>
      {isOpen && <DockList items={items} />}
    </section>
  )
}

function DockSummary({ items }: { readonly items: readonly UploadItem[] }) {
  const unfinished = items.filter(isUnfinished)
  const paused = unfinished.filter(({ status }) => status === 'paused').length
  const failed = items.filter(({ status }) => status === 'failed').length
  const done = items.length - unfinished.length - failed
  const speed = unfinished.reduce((sum, { status, progress }) => {
    const isMoving = status === 'running' && progress?.state === 'uploading'
    return isMoving ? sum + (progress.bytesPerSecond ?? 0) : sum
  }, 0)
  const parts = [
    unfinished.length > paused ? `Uploading ${formatCount(unfinished.length - paused, 'file')}` : '',
    paused > 0 ? `${paused} paused` : '',
    unfinished.length === 0 && done > 0 ? `${formatCount(done, 'upload')} done` : '',
    failed > 0 ? `${failed} failed` : '',
    speed > 0 ? `${formatBytes(speed)}/s` : '',
  ]
  return <span>{parts.filter(Boolean).join(' · ')}</span>
}

function DockActions({ items }: { readonly items: readonly UploadItem[] }) {
  const { uploads } = useWorkspace()
  const running = items.filter(({ status }) => status === 'running' || status === 'queued')
  const paused = items.filter(({ status }) => status === 'paused')
  const failed = items.filter(({ status, file }) => status === 'failed' && file.size > 0)
  const hasDone = items.some(({ status }) => status === 'done')
  const actions = [
    {
      label: 'Retry failed',
      isShown: failed.length > 1,
      act: () => failed.map(({ id }) => uploads.retry(id)),
    },
    {
      label: 'Pause all',
      isShown: running.length > 1,
      act: () => running.map(({ id }) => uploads.pause(id)),
    },
    {
      label: 'Resume all',
      isShown: paused.length > 1,
      act: () => paused.map(({ id }) => uploads.resume(id)),
    },
    { label: 'Clear done', isShown: hasDone, act: uploads.clearDone },
  ]
  const shown = actions.filter(({ isShown }) => isShown)
  return (
    <div className="dock-actions">
      {shown.map(({ label, act }) => (
        <button
          key={label}
          type="button"
          className="button"
          onClick={() => {
            act()
            refocus('.dock-toggle')
          }}
        >
          {label}
        </button>
      ))}
    </div>
  )
}

/** Sorts failed uploads first: among thousands they would be hard to find. */
function failedFirst(items: readonly UploadItem[]): readonly UploadItem[] {
  const failed = items.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return items
  return [...failed, ...items.filter(({ status }) => status !== 'failed')]
}

function DockList({ items: queued }: { readonly items: readonly UploadItem[] }) {
  const items = failedFirst(queued)
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    getItemKey: (index) => items[index]?.id ?? index,
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it
    <div className="dock-list" ref={scroller} tabIndex={0} role="group" aria-label="List of uploads">
      <ul style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const item = items[index]
          if (!item) return null
          return (
            <li key={key} style={{ transform: `translateY(${start}px)` }}>
              <UploadRow item={item} />
            </li>
          )
        })}
      </ul>
    </div>
  )
}
