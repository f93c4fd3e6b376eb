import type { FileSystem, OpenFile, OpenMode } from '../../src/storage/disk/file-system.ts'

/** `short`: the call transfers half of the bytes, and returns that number. */
export type Fault = 'EIO' | 'ENOSPC' | 'EMFILE' | 'short'

/** Possible faults of each call. Calls of an open file have the prefix `file.`. */
export const FAULTS = {
  'open to read': ['EIO', 'EMFILE'],
  'open to write': ['EIO', 'EMFILE', 'ENOSPC'],
  link: ['EIO', 'ENOSPC'],
  rename: ['EIO', 'ENOSPC'],
  remove: ['EIO'],
  makeDirectory: ['EIO', 'ENOSPC'],
  list: ['EIO', 'EMFILE'],
  'list.next': ['EIO'],
  stat: ['EIO'],
  'file.read': ['EIO'],
  'file.write': ['EIO', 'ENOSPC', 'short'],
  'file.writev': ['EIO', 'ENOSPC', 'short'],
  'file.truncate': ['EIO', 'ENOSPC'],
  'file.stat': ['EIO'],
  'file.datasync': ['EIO', 'ENOSPC'],
  'file.sync': ['EIO', 'ENOSPC'],
  'file.close': ['EIO'],
} as const satisfies Readonly<Record<string, readonly Fault[]>>

export type Call = keyof typeof FAULTS

export interface FaultPlan {
  /** First call that may fail, counted from 1. */
  readonly at: number
  readonly fault: Fault
  /** True when all later calls fail too, until the fault is lifted. */
  readonly persists: boolean
}

export interface Called {
  readonly call: Call
  /** Path of the call, also for an open file. */
  readonly path: string
}

export interface FaultyDisk {
  readonly fs: FileSystem
  /** Sets a new plan, and counts the calls from 1 again. */
  plan(plan: FaultPlan): void
  lift(): void
  /** Returns all calls since the plan was set. */
  calls(): readonly Called[]
  /** Returns the number of failed calls. */
  met(): number
}

/**
 * Wraps a file system so that calls fail as on a full or broken disk. Calls `onFailedSync` with each file whose sync
 * fails.
 */
export function withFaults(fs: FileSystem, onFailedSync: (path: string) => void = () => {}): FaultyDisk {
  let current: FaultPlan | null = null
  let calls: Called[] = []
  let met = 0

  const faultOf = (call: Call, path: string): Fault | null => {
    calls.push({ call, path })
    if (current === null) return null
    const { at, fault, persists } = current
    const isDue = persists ? calls.length >= at : calls.length === at
    const faults: readonly Fault[] = FAULTS[call]
    if (!isDue || !faults.includes(fault)) return null
    met++
    return fault
  }

  return {
    fs: faultyCalls(fs, faultOf, onFailedSync),
    plan: (plan) => {
      current = plan
      calls = []
      met = 0
    },
    lift: () => {
      current = null
    },
    calls: () => calls,
    met: () => met,
  }
}

type FaultOf = (call: Call, path: string) => Fault | null

function faultyCalls(fs: FileSystem, faultOf: FaultOf, onFailedSync: (path: string) => void): FileSystem {
  return {
    open: async (path, mode) => {
      failIf(faultOf(openCall(mode), path))
      return faultyFile(
        await fs.open(path, mode),
        (call) => faultOf(call, path),
        () => onFailedSync(path),
      )
    },
    link: async (path, newPath) => {
      failIf(faultOf('link', path))
      return fs.link(path, newPath)
    },
    rename: async (path, newPath) => {
      failIf(faultOf('rename', path))
      return fs.rename(path, newPath)
    },
    remove: async (path) => {
      failIf(faultOf('remove', path))
      return fs.remove(path)
    },
    makeDirectory: async (path) => {
      failIf(faultOf('makeDirectory', path))
      return fs.makeDirectory(path)
    },
    list: async function* (path) {
      failIf(faultOf('list', path))
      for await (const name of fs.list(path)) {
        failIf(faultOf('list.next', path))
        yield name
      }
    },
    freeBytes: (path) => fs.freeBytes(path),
    stat: async (path) => {
      failIf(faultOf('stat', path))
      return fs.stat(path)
    },
    exists: async (path) => {
      failIf(faultOf('stat', path))
      return fs.exists(path)
    },
  }
}

function openCall(mode: OpenMode): Call {
  return mode === 'read' || mode === 'write' || mode === 'append' ? 'open to read' : 'open to write'
}

function faultyFile(
  file: OpenFile,
  faultOf: (call: Call) => Fault | null,
  onFailedSync: () => void,
): OpenFile {
  return {
    read: async (into, offset, length, position) => {
      failIf(faultOf('file.read'))
      return file.read(into, offset, length, position)
    },
    write: async (bytes) => {
      const fault = faultOf('file.write')
      return file.write(fault === 'short' ? firstHalf(bytes) : orFail(bytes, fault))
    },
    writev: async (buffers, position) => {
      const fault = faultOf('file.writev')
      const written = fault === 'short' ? [firstHalf(Buffer.concat(buffers))] : orFail(buffers, fault)
      return file.writev(written, position)
    },
    truncate: async (bytes) => {
      failIf(faultOf('file.truncate'))
      return file.truncate(bytes)
    },
    stat: async () => {
      failIf(faultOf('file.stat'))
      return file.stat()
    },
    datasync: async () => {
      const fault = faultOf('file.datasync')
      if (fault) onFailedSync()
      failIf(fault)
      return file.datasync()
    },
    sync: async () => {
      failIf(faultOf('file.sync'))
      return file.sync()
    },
    // The system closes a file even when it returns an error.
    close: async () => {
      const fault = faultOf('file.close')
      await file.close()
      failIf(fault)
    },
  }
}

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, Math.floor(bytes.length / 2))
}

function orFail<T>(value: T, fault: Fault | null): T {
  failIf(fault)
  return value
}

function failIf(fault: Fault | null): void {
  if (fault) throw Object.assign(new Error(`the disk answers ${fault}`), { code: fault })
}
