import { setImmediate } from 'node:timers/promises'
import type { FileFacts, FileSystem, OpenFile, OpenMode } from '../../src/storage/disk/file-system.ts'
import {
  createFileNode,
  createFolderNode,
  type DiskNode,
  type DiskSnapshot,
  type FileChange,
  type FileNode,
  type FolderNode,
  type NameChange,
  withChanges,
  withNames,
} from './disk-state.ts'
import type { Random } from './random.ts'
import { syncSite } from './sync-site.ts'

/**
 * Disk in memory. Changes are visible at once, but survive a power cut only after a sync. The sync of a file makes its
 * bytes and its length durable, the sync of a folder only the names in it.
 */
export interface DiskModel {
  /** Starts another process on the disk. It is killed right after `changesToLive` changes. */
  startProcess(changesToLive?: number): DiskProcess
  snapshot(): DiskSnapshot
  /**
   * Makes the unsynced bytes of a file visible but never durable, as after a failed sync: a later successful sync does
   * not change that.
   */
  loseUnsynced(path: string): void
}

export interface DiskProcess {
  readonly fs: FileSystem
  /** Ends the process as `kill -9` does. None of its calls returns; they may have taken effect or not. */
  kill(): void
  /** Resolves when the process is killed. */
  readonly killed: Promise<'killed'>
  isKilled(): boolean
  openFiles(): number
}

export interface DiskModelOptions {
  readonly root?: FolderNode
  /** Randomizes the order of calls of different processes; null when each call takes effect at once. */
  readonly random: Random | null
  /** Called after each change of the possible results of a power cut. */
  readonly onChange?: () => void
  /** Called before each sync. A sync has no effect when it returns false. */
  readonly onSync?: (site: string) => boolean
}

interface Disk {
  readonly root: FolderNode
  readonly files: Set<FileNode>
  readonly folders: Set<FolderNode>
  readonly options: DiskModelOptions
}

/** Runs one call of a process. Its effect becomes visible atomically between its beginning and its end. */
type Run = <T>(effect: () => T, isChange: boolean) => Promise<T>

export function createDiskModel(options: DiskModelOptions): DiskModel {
  const root = options.root ?? createFolderNode()
  const disk: Disk = { root, files: new Set(), folders: new Set(), options }
  remember(disk, root)
  return {
    startProcess: (changesToLive) => startProcess(disk, changesToLive ?? Number.POSITIVE_INFINITY),
    snapshot: () => ({ root, files: statesOf(disk.files), folders: statesOf(disk.folders) }),
    loseUnsynced: (path) => {
      const node = find(disk, path)
      if (node?.kind === 'file') node.changes = []
    },
  }
}

/** Returns the states of all nodes that are not empty. */
function statesOf<T extends { readonly durable: unknown; readonly changes: readonly unknown[] }>(
  nodes: ReadonlySet<T>,
): ReadonlyMap<T, Pick<T, 'durable' | 'changes'>> {
  const states = new Map<T, Pick<T, 'durable' | 'changes'>>()
  for (const node of nodes) {
    const { durable, changes } = node
    if (node.changes.length > 0 || sizeOf(node.durable) > 0) states.set(node, { durable, changes })
  }
  return states
}

function sizeOf(durable: unknown): number {
  return Buffer.isBuffer(durable) ? durable.length : (durable as ReadonlyMap<string, unknown>).size
}

function remember(disk: Disk, node: DiskNode): void {
  if (node.kind === 'file') {
    disk.files.add(node)
    return
  }
  disk.folders.add(node)
  for (const child of node.content.values()) remember(disk, child)
}

function startProcess(disk: Disk, changesToLive: number): DiskProcess {
  const { random, onChange } = disk.options
  const open = new Set<OpenFile>()
  const { promise: killed, resolve } = Promise.withResolvers<'killed'>()
  let isKilled = false
  let changesLeft = changesToLive

  const kill = () => {
    isKilled = true
    resolve('killed')
  }
  const untilKilled = async () => {
    // Never returns to a killed process.
    if (isKilled) await new Promise(() => {})
  }
  const pause = async () => {
    const turns = random?.chance(0.4) ? random.below(random.chance(0.05) ? 60 : 4) : 0
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    await untilKilled()
  }
  const run: Run = async (effect, isChange) => {
    await pause()
    const result = effect()
    if (isChange) onChange?.()
    if (isChange && --changesLeft <= 0) kill()
    await pause()
    return result
  }

  const fs = createCalls(disk, run, (file) => {
    const withClose: OpenFile = {
      ...file,
      close: () =>
        run(() => {
          if (!open.delete(withClose)) throw withErrno('EBADF')
        }, false),
    }
    open.add(withClose)
    return withClose
  })
  return { fs, kill, killed, isKilled: () => isKilled, openFiles: () => open.size }
}

function createCalls(disk: Disk, run: Run, opened: (file: OpenFile) => OpenFile): FileSystem {
  return {
    open: (path, mode) =>
      run(
        () => {
          const node = nodeToOpen(disk, path, mode)
          return opened(createOpenFile(disk, run, path, node, mode))
        },
        mode !== 'read' && mode !== 'write' && mode !== 'append',
      ),
    link: (path, newPath) =>
      run(() => {
        const node = find(disk, path)
        const { folder, name } = place(disk, newPath)
        if (node === null || node.kind === 'folder') throw withErrno('ENOENT')
        if (folder.content.has(name)) throw withErrno('EEXIST')
        changeNames(folder, [[name, node]])
      }, true),
    rename: (path, newPath) =>
      run(() => {
        const from = place(disk, path)
        const to = place(disk, newPath)
        const node = from.folder.content.get(from.name)
        if (node === undefined) throw withErrno('ENOENT')
        if (from.folder !== to.folder) throw new Error('the model renames within one folder only')
        changeNames(to.folder, [
          [from.name, null],
          [to.name, node],
        ])
      }, true),
    remove: (path) =>
      run(() => {
        const { folder, name } = place(disk, path)
        if (folder.content.has(name)) changeNames(folder, [[name, null]])
      }, true),
    makeDirectory: (path) =>
      run(() => {
        const { folder, name } = place(disk, path)
        if (folder.content.has(name)) throw withErrno('EEXIST')
        const made = createFolderNode()
        remember(disk, made)
        changeNames(folder, [[name, made]])
      }, true),
    list: async function* (path) {
      const folder = await run(() => find(disk, path), false)
      if (folder?.kind !== 'folder') throw withErrno('ENOENT')
      for (const name of [...folder.content.keys()]) yield await run(() => name, false)
    },
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
    stat: (path) =>
      run(() => {
        const node = find(disk, path)
        if (node === null) throw withErrno('ENOENT')
        return factsOf(node)
      }, false),
    exists: (path) => run(() => find(disk, path) !== null, false),
  }
}

function createOpenFile(disk: Disk, run: Run, path: string, node: DiskNode, mode: OpenMode): OpenFile {
  const file = () => {
    if (node.kind === 'folder') throw withErrno('EISDIR')
    return node
  }
  const writable = () => {
    if (mode === 'read') throw withErrno('EBADF')
    return file()
  }
  const write = (buffers: readonly Buffer[], position: number) => {
    const bytes = Buffer.concat(buffers)
    change(writable(), { kind: 'write', position, bytes })
    return { bytesWritten: bytes.length }
  }
  const sync = (kind: DiskNode['kind']) => {
    if (node.kind !== kind) throw new Error(`a ${node.kind} is synced as a ${kind}: ${path}`)
    const isDone = disk.options.onSync?.(syncSite(path)) ?? true
    // A sync makes only earlier changes durable.
    const { changes } = node
    return run(() => {
      if (isDone) makeDurable(node, changes)
    }, true)
  }
  return {
    read: (into, offset, length, position) =>
      run(() => {
        const { content, size } = file()
        const end = Math.min(position + length, size)
        return { bytesRead: position < end ? content.copy(into, offset, position, end) : 0 }
      }, false),
    write: (bytes) => run(() => write([bytes], writable().size), true),
    writev: (buffers, position) => run(() => write(buffers, position), true),
    truncate: (size) => run(() => change(writable(), { kind: 'truncate', size }), true),
    stat: () => run(() => factsOf(node), false),
    datasync: () => sync('file'),
    sync: () => sync('folder'),
    close: async () => {},
  }
}

function nodeToOpen(disk: Disk, path: string, mode: OpenMode): DiskNode {
  const node = find(disk, path)
  if (node && (mode === 'create' || mode === 'append-new')) throw withErrno('EEXIST')
  if (node?.kind === 'folder' && mode !== 'read') throw withErrno('EISDIR')
  if (node) return node
  if (mode === 'read' || mode === 'write' || mode === 'append') throw withErrno('ENOENT')
  const { folder, name } = place(disk, path)
  const made = createFileNode()
  made.mtimeMs = Date.now()
  remember(disk, made)
  changeNames(folder, [[name, made]])
  return made
}

function find(disk: Disk, path: string): DiskNode | null {
  let node: DiskNode = disk.root
  for (const name of path.split('/').filter((part) => part !== '')) {
    const child: DiskNode | undefined = node.kind === 'folder' ? node.content.get(name) : undefined
    if (child === undefined) return null
    node = child
  }
  return node
}

function place(disk: Disk, path: string): { folder: FolderNode; name: string } {
  const slash = path.lastIndexOf('/')
  const folder = find(disk, path.slice(0, slash))
  if (folder?.kind !== 'folder') throw withErrno('ENOENT')
  return { folder, name: path.slice(slash + 1) }
}

function factsOf(node: DiskNode): FileFacts {
  if (node.kind === 'folder') return { size: 0, nlink: 2, mtimeMs: 0 }
  return { size: node.size, nlink: node.names, mtimeMs: node.mtimeMs }
}

function changeNames(folder: FolderNode, names: NameChange): void {
  for (const [name, node] of names) {
    const before = folder.content.get(name)
    if (before?.kind === 'file') before.names--
    if (node?.kind === 'file') node.names++
    if (node) folder.content.set(name, node)
    else folder.content.delete(name)
  }
  folder.changes = [...folder.changes, names]
}

function change(file: FileNode, made: FileChange): void {
  const end = made.kind === 'write' ? made.position + made.bytes.length : made.size
  // After a power cut `content` and `durable` are one buffer, until a change copies it.
  if (end > file.content.length || file.content === file.durable) {
    file.content = Buffer.concat([file.content], Math.max(end, file.size) * 2)
  }
  if (made.kind === 'write') made.bytes.copy(file.content, made.position)
  if (made.kind === 'truncate') file.content.fill(0, made.size)
  file.size = made.kind === 'write' ? Math.max(file.size, end) : end
  file.mtimeMs = Date.now()
  file.changes = [...file.changes, made]
}

/** Makes synced changes durable. Syncs may overlap, so changes that another one has made durable are skipped. */
function makeDurable(node: DiskNode, synced: readonly unknown[]): void {
  const isSynced = (one: unknown) => synced.includes(one)
  if (node.kind === 'file') {
    node.durable = withChanges(node.durable, node.changes.filter(isSynced))
    node.changes = node.changes.filter((one) => !isSynced(one))
  } else {
    node.durable = withNames(node.durable, node.changes.filter(isSynced))
    node.changes = node.changes.filter((one) => !isSynced(one))
  }
}

/** Creates an error without a stack trace: a workload causes thousands, and the trace would be the main cost. */
function withErrno(code: string): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = Object.assign(new Error(`The model answers ${code}.`), { code })
  Error.stackTraceLimit = stackTraceLimit
  return error
}
