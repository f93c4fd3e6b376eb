import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import {
  afterDamage,
  applyEntry,
  formatEntry,
  type LogEntry,
  NO_UPLOAD,
  parseEntry,
  type UploadState,
} from './upload-log.ts'
import { writeFully } from './write-fully.ts'

export interface LogFile {
  /** Makes the file where it is not there yet; see late-log.ts. Until then there is nothing to append to. */
  make(): Promise<void>
  isMade(): boolean
  append(entry: LogEntry): Promise<void>
  /**
   * Returns the upload's state after all entries up to now, of other processes too. A removed log has no owner: its
   * upload has ended.
   */
  read(): Promise<UploadState>
  /** Makes every entry so far durable. */
  sync(): Promise<void>
  /** The same, unless this process knows that every entry of progress that `read` has seen is durable. */
  syncProgress(): Promise<void>
  close(): Promise<void>
}

/**
 * What has been read of one log, so that only what was appended since is read again. A log can be removed and
 * begun anew under its path; `lastEntry`, which holds a random id, tells whether it is still the same one.
 */
interface ReadSoFar {
  /** One object for each log; null before the first read. */
  readonly log: object | null
  readonly lastEntry: Buffer
  readonly lastEntryPosition: number
  /** Where the last entry of progress ends. */
  readonly progressEnd: number
  readonly state: UploadState
}

const NOTHING_READ: ReadSoFar = {
  log: null,
  lastEntry: Buffer.alloc(0),
  lastEntryPosition: 0,
  progressEnd: 0,
  state: NO_UPLOAD,
}

/** `new`: only where there is none; fails with EEXIST. */
export type LogMode = 'existing' | 'create' | 'new'

const OPEN_MODES: Readonly<Record<LogMode, OpenMode>> = {
  existing: 'append',
  create: 'append-or-create',
  new: 'append-new',
}

/** Opens logs; remembers the state of those read last. */
export type OpenLog = (path: string, mode: LogMode) => Promise<LogFile | null>

const MAX_REMEMBERED_LOGS = 256
const MAX_DOUBTFUL_LOGS = 10_000

/** `null` from the opener means that there is no such log. */
export function createLogOpener(fs: FileSystem): OpenLog {
  const remembered = new Map<string, ReadSoFar>()
  /** Of each log, up to where it is durable. */
  const durableEnds = new WeakMap<object, number>()
  /** Paths of those whose last sync failed. */
  const doubtful = new Set<string>()

  const remember = (path: string, readSoFar: ReadSoFar) => {
    remembered.delete(path)
    remembered.set(path, readSoFar)
    limit(remembered, MAX_REMEMBERED_LOGS)
  }

  const syncDoubtful = async (path: string, file: OpenFile) => {
    const isDoubtful = doubtful.delete(path)
    try {
      if (isDoubtful) await writeAnew(fs, path)
      await file.datasync()
    } catch (error) {
      doubtful.add(path)
      limit(doubtful, MAX_DOUBTFUL_LOGS)
      throw error
    }
  }

  return async (path, mode) => {
    const file = await openUnlessMissing(fs, path, OPEN_MODES[mode])
    if (file === null) return null
    let readSoFar = NOTHING_READ

    const durableEnd = () => (readSoFar.log && durableEnds.get(readSoFar.log)) ?? 0

    const sync = async () => {
      const { log, lastEntry, lastEntryPosition } = readSoFar
      await syncDoubtful(path, file)
      if (log) durableEnds.set(log, lastEntryPosition + lastEntry.length)
    }

    return {
      make: async () => {
        // It was made when it was opened.
      },
      isMade: () => true,
      append: async (entry) => {
        const line = formatEntry(entry)
        const { bytesWritten } = await file.write(line)
        if (bytesWritten < line.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' })
      },
      read: async () => {
        readSoFar = await readOn(file, remembered.get(path) ?? NOTHING_READ)
        if ((await file.stat()).nlink === 0) return { ...readSoFar.state, owner: null }
        remember(path, readSoFar)
        return readSoFar.state
      },
      sync,
      syncProgress: async () => {
        if (durableEnd() < readSoFar.progressEnd) await sync()
      },
      close: () => file.close(),
    }
  }
}

/** Forgets the oldest one where there are too many. */
function limit(collection: Map<string, unknown> | Set<string>, max: number): void {
  const [oldest] = collection.keys()
  if (collection.size > max && oldest !== undefined) collection.delete(oldest)
}

/**
 * Writes the file's bytes over themselves. After a sync that failed the system still shows what it has not written, and
 * calls the next sync a success: only what is written again is synced again. What others append meanwhile lies behind.
 */
async function writeAnew(fs: FileSystem, path: string): Promise<void> {
  const file = await openUnlessMissing(fs, path, 'write')
  if (file === null) return
  try {
    const bytes = Buffer.alloc((await file.stat()).size)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    await writeFully(file, [bytes.subarray(0, bytesRead)], 0)
  } finally {
    await file.close()
  }
}

/** Applies the entries behind those known; a last line without its end waits for the next time. */
async function readOn(file: OpenFile, known: ReadSoFar): Promise<ReadSoFar> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.max(0, size - known.lastEntryPosition))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, known.lastEntryPosition)
  const { length } = known.lastEntry
  if (bytesRead < length || !bytes.subarray(0, length).equals(known.lastEntry)) {
    return readOn(file, NOTHING_READ)
  }
  const end = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1
  let { lastEntry, lastEntryPosition, progressEnd, state } = known
  for (let from = length; from < end; ) {
    const to = bytes.indexOf('\n', from) + 1
    const entry = parseEntry(bytes.toString('utf8', from, to - 1))
    // Only the empty lines between entries say nothing.
    if (entry === null && to - from > 1) state = afterDamage(state)
    if (entry) {
      state = applyEntry(state, entry)
      lastEntry = Buffer.from(bytes.subarray(from, to))
      lastEntryPosition = known.lastEntryPosition + from
      if ('progress' in entry) progressEnd = known.lastEntryPosition + to
    }
    from = to
  }
  return { log: known.log ?? {}, lastEntry, lastEntryPosition, progressEnd, state }
}
