import type { VectorStore } from '@waybill/sdk'
import { useEffect, useRef } from 'react'
import { formatCount, formatNumber, formatSeconds } from '../parts/format.ts'
import { toast } from '../parts/toasts.tsx'
import type { Pace } from './pace.ts'

export interface IndexingProgressProps {
  readonly counts: VectorStore['file_counts']
  readonly pace: Pace | null
}

/** Progress and speed of the indexing, shown while it runs. Its end is announced. */
export function IndexingProgress({ counts, pace }: IndexingProgressProps) {
  const { total, in_progress: remaining } = counts
  const wasRunning = useRef(false)
  useEffect(() => {
    if (wasRunning.current && remaining === 0) toast('All files of this store are processed')
    wasRunning.current = remaining > 0
  }, [remaining])
  if (remaining === 0) return null
  return (
    <section className="card indexing" aria-label="Indexing">
      <p>
        <strong>
          {formatNumber(total - remaining)} of {formatCount(total, 'file')} processed
        </strong>{' '}
        <span className="fine">{speedText(remaining, pace)}</span>
      </p>
      <progress max={total} value={total - remaining} aria-label="Processed files" />
    </section>
  )
}

function speedText(remaining: number, pace: Pace | null): string {
  const left = `${formatNumber(remaining)} remaining`
  if (pace === null) return left
  const { filesPerMinute, secondsLeft } = pace
  const rounded = filesPerMinute < 10 ? filesPerMinute.toFixed(1) : formatNumber(Math.round(filesPerMinute))
  return `${left} · ${rounded} files per minute · about ${formatSeconds(secondsLeft)} left`
}
