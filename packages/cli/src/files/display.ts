import type { UploadProgress } from '@waybill/sdk'
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { formatByteSize } from '../byte-size.ts'
import type { CommandIo } from '../command-io.ts'
import { printable } from './printable.ts'

/** Progress of a transfer. The SDK's upload progress has this shape. */
export type Progress = Pick<UploadProgress, 'sentBytes' | 'totalBytes' | 'bytesPerSecond' | 'secondsLeft'> & {
  readonly state: string
}

/** Shows running transfers on standard error: a terminal has one updated line per file, a log a new line every 10 s. */
export interface Display {
  /** Adds a file. `totalBytes` is null when the size is not known yet. */
  file(name: string, totalBytes: number | null): FileLine
  end(): void
}

export interface FileLine {
  update(progress: Progress): void
  end(): void
}

/** States that are shown instead of the number of sent bytes. */
const SHOWN_STATES: ReadonlySet<string> = new Set([
  ...['waiting', 'paused', 'registering'],
  ...['queued', 'extracting', 'chunking', 'embedding', 'indexing', 'done'],
])

const LINE_EVERY_MS = 10_000
const NAME_WIDTH = 28

export function createDisplay(io: CommandIo, isQuiet: boolean, files: number): Display {
  if (isQuiet) return { file: () => ({ update: () => {}, end: () => {} }), end: () => {} }
  return io.stderr.isTTY ? terminalDisplay(io, files) : logDisplay(io)
}

function logDisplay(io: CommandIo): Display {
  const file = (name: string): FileLine => {
    let state = ''
    let lastLineMs = performance.now()
    return {
      update: (progress) => {
        const isNewPause = progress.state !== state && ['waiting', 'paused'].includes(progress.state)
        state = progress.state
        if (!isNewPause && performance.now() - lastLineMs < LINE_EVERY_MS) return
        lastLineMs = performance.now()
        io.printError(`${printable(name)}: ${progressText(progress)}`)
      },
      end: () => {},
    }
  }
  return { file, end: () => {} }
}

function terminalDisplay(io: CommandIo, files: number): Display {
  const format = `{name} {bar} {percentage}% {words}`
  const bars = new MultiBar(
    { stream: io.stderr, format, hideCursor: true, barsize: 24, linewrap: false },
    Presets.shades_classic,
  )
  const sums = { sent: 0, total: 0, speeds: new Map<string, number>() }
  const totalBar = files > 1 ? bars.create(1, 0, { name: nameCell(`${files} files`), words: '' }) : null
  const updateTotal = () => {
    const speed = [...sums.speeds.values()].reduce((sum, one) => sum + one, 0)
    totalBar?.setTotal(Math.max(sums.total, 1))
    const secondsLeft = speed > 0 ? (sums.total - sums.sent) / speed : null
    const progress = { sentBytes: sums.sent, totalBytes: sums.total, bytesPerSecond: speed, secondsLeft }
    totalBar?.update(sums.sent, { words: progressText({ ...progress, state: '' }) })
  }
  const file = (name: string, totalBytes: number | null): FileLine => {
    const bar: SingleBar = bars.create(totalBytes ?? 1, 0, { name: nameCell(name), words: '' })
    let sent = 0
    sums.total += totalBytes ?? 0
    return {
      update: (progress) => {
        if (totalBytes === null) bar.setTotal(Math.max(progress.totalBytes, 1))
        sums.sent += progress.sentBytes - sent
        sent = progress.sentBytes
        sums.speeds.set(name, progress.bytesPerSecond ?? 0)
        bar.update(sent, { words: progressText(progress) })
        updateTotal()
      },
      end: () => {
        sums.speeds.delete(name)
        if (totalBar !== null) bars.remove(bar)
      },
    }
  }
  return { file, end: () => bars.stop() }
}

function nameCell(name: string): string {
  const text = printable(name)
  const cut = text.length > NAME_WIDTH ? `${text.slice(0, NAME_WIDTH - 1)}…` : text
  return cut.padEnd(NAME_WIDTH)
}

function progressText({ state, sentBytes, totalBytes, bytesPerSecond, secondsLeft }: Progress): string {
  if (SHOWN_STATES.has(state)) return state
  const speed = bytesPerSecond ? `, ${formatByteSize(bytesPerSecond)}/s` : ''
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft)} left`
  return `${formatByteSize(sentBytes)} of ${formatByteSize(totalBytes)}${speed}${left}`
}

function durationText(seconds: number): string {
  const rounded = Math.ceil(seconds)
  if (rounded < 60) return `${rounded} s`
  if (rounded < 3600) return `${Math.ceil(rounded / 60)} min`
  return `${Math.floor(rounded / 3600)} h ${Math.ceil((rounded % 3600) / 60)} min`
}
