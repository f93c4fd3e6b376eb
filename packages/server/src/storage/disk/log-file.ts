import type { FileSystem, OpenFile } from './file-system.ts'
import type { ObjectPaths } from './object-paths.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import { isPartEntry, type PartEntry } from './part-entries.ts'
import {
  afterDamage,
  afterEnd,
  applyEntry,
  formatEntry,
  type LogEntry,
  NO_UPLOAD,
  parseEntry,
  type UploadState,
} from './upload-log.ts'
import { writeFully } from './write-fully.ts'

export interface LogFile {
  /** Creates the file if a lazy log has not done so (see lazy-log.ts); entries can be appended afterwards. */
  create(): Promise<void>
  isCreated(): boolean
  append(entry: LogEntry | PartEntry): Promise<void>
  /**
   * Returns the upload's state after all entries up to now, of other processes too. A removed log has no owner, and its
   * parts are closed: its upload has ended.
   */
  read(): Promise<UploadState>
  /** Makes all entries so far durable. */
  sync(): Promise<void>
  /** Makes the progress entries that `read` has returned durable; skipped when this process knows that they are. */
  syncProgress(): Promise<void>
  close(): Promise<void>
}

/**
 * Entries of one log that this process has read: the next read needs only the entries appended since. A log can be
 * removed and recreated under the same path. `lastEntry`, which contains a random id, identifies the log.
 */
interface ReadSoFar {
  /** Identity of the log, as a key of `durableEnds`; null before the first read. */
  readonly log: object | null
  readonly lastEntry: Buffer
  readonly lastEntryPosition: number
  /** Position after the last progress entry. */
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

/** `new` fails with EEXIST when the log exists. */
export type LogMode = 'existing' | 'create' | 'new'

/** Opens a log; returns null when the mode is `existing` and there is none. */
export type OpenLog = (path: string, mode: LogMode) => Promise<LogFile | null>

const MAX_REMEMBERED_LOGS = 256
/** Files of parts in all remembered logs, a few hundred bytes each. */
const MAX_REMEMBERED_FILES = 50_000
const MAX_FAILED_SYNCS = 10_000

/** Returns an opener that caches the states of the logs that it has read most recently. */
export function createLogOpener(fs: FileSystem): OpenLog {
  const remembered = new Map<string, ReadSoFar>()
  /** Position up to which each log is known to be durable. */
  const durableEnds = new WeakMap<object, number>()
  /** Paths of logs whose last sync failed. */
  const failedSyncs = new Set<string>()

  const remember = (path: string, readSoFar: ReadSoFar) => {
    remembered.delete(path)
    remembered.set(path, readSoFar)
    limit(remembered, MAX_REMEMBERED_LOGS)
    while (remembered.size > 1 && countFiles(remembered) > MAX_REMEMBERED_FILES) {
      limit(remembered, remembered.size - 1)
    }
  }

  const syncAfterFailure = async (path: string, file: OpenFile) => {
    const hasFailed = failedSyncs.delete(path)
    try {
      if (hasFailed) await rewrite(fs, path)
      await file.datasync()
    } catch (error) {
      failedSyncs.add(path)
      limit(failedSyncs, MAX_FAILED_SYNCS)
      throw error
    }
  }

  return async (path, mode) => {
    const file = await openLogFile(fs, path, mode)
    if (file === null) return null
    let readSoFar = NOTHING_READ

    const durableEnd = () => (readSoFar.log && durableEnds.get(readSoFar.log)) ?? 0

    const sync = async () => {
      const { log, lastEntry, lastEntryPosition } = readSoFar
      await syncAfterFailure(path, file)
      if (log) durableEnds.set(log, lastEntryPosition + lastEntry.length)
    }

    return {
      create: async () => {
        // `openLog` has created it.
      },
      isCreated: () => true,
      append: async (entry) => {
        const line = formatEntry(entry)
        const { bytesWritten } = await file.write(line)
        if (bytesWritten < line.length) throw Object.assign(new Error('short write'), { code: 'ENOSPC' })
      },
      read: async () => {
        readSoFar = await readAppended(file, remembered.get(path) ?? NOTHING_READ)
        if ((await file.stat()).nlink === 0) return afterEnd(readSoFar.state)
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

function openLogFile(fs: FileSystem, path: string, mode: LogMode): Promise<OpenFile | null> {
  if (mode === 'existing') return openUnlessMissing(fs, path, 'append')
  return fs.open(path, mode === 'create' ? 'append-or-create' : 'append-new')
}

function countFiles(remembered: ReadonlyMap<string, ReadSoFar>): number {
  let files = 0
  for (const { state } of remembered.values()) files += state.parts?.fileIds.size ?? 0
  return files
}

/** Removes the oldest entry when there are more than `max`. */
function limit(collection: Map<string, unknown> | Set<string>, max: number): void {
  const [oldest] = collection.keys()
  if (collection.size > max && oldest !== undefined) collection.delete(oldest)
}

/**
 * Overwrites the file with its own bytes. After a failed sync the operating system may keep the unwritten bytes in its
 * cache and report success for the next sync. Only bytes that are written again are synced again. Entries that others
 * append meanwhile come after these bytes and are not affected.
 */
async function rewrite(fs: FileSystem, path: string): Promise<void> {
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

/** Reads and applies the entries after the known ones. An incomplete last line is left for the next read. */
async function readAppended(file: OpenFile, known: ReadSoFar): Promise<ReadSoFar> {
  const { size } = await file.stat()
  const bytes = Buffer.alloc(Math.max(0, size - known.lastEntryPosition))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, known.lastEntryPosition)
  const { length } = known.lastEntry
  if (bytesRead < length || !bytes.subarray(0, length).equals(known.lastEntry)) {
    return readAppended(file, NOTHING_READ)
  }
  const end = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1
  let { lastEntry, lastEntryPosition, progressEnd, state } = known
  for (let from = length; from < end; ) {
    const to = bytes.indexOf('\n', from) + 1
    const entry = parseEntry(bytes.toString('utf8', from, to - 1))
    // An empty line only separates entries; any other line that is not an entry is damaged.
    if (entry === null && to - from > 1) state = afterDamage(state)
    if (entry) {
      if (!isPartEntry(entry)) state = applyEntry(state, entry)
      else state.parts?.apply(entry, known.lastEntryPosition + from)
      lastEntry = Buffer.from(bytes.subarray(from, to))
      lastEntryPosition = known.lastEntryPosition + from
      if ('progress' in entry) progressEnd = known.lastEntryPosition + to
    }
    from = to
  }
  return { log: known.log ?? {}, lastEntry, lastEntryPosition, progressEnd, state }
}

/** Returns the state of the unfinished upload according to its log; `NO_UPLOAD` when there is no log. */
export async function readUploadState(paths: ObjectPaths, openLog: OpenLog): Promise<UploadState> {
  const log = await openLog(paths.log, 'existing')
  if (log === null) return NO_UPLOAD
  try {
    return await log.read()
  } finally {
    await log.close()
  }
}
