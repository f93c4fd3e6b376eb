/** Durable state of a disk, and the changes that no sync has made durable yet. */
export type DiskNode = FileNode | FolderNode

export interface FileNode {
  readonly kind: 'file'
  /** Visible bytes. May be longer than `size`, by unused space. */
  content: Buffer
  size: number
  names: number
  mtimeMs: number
  /** Durable bytes. This buffer and the lists of changes are replaced, never modified, so snapshots can share them. */
  durable: Buffer
  changes: readonly FileChange[]
}

export interface FolderNode {
  readonly kind: 'folder'
  readonly content: Map<string, DiskNode>
  durable: ReadonlyMap<string, DiskNode>
  changes: readonly NameChange[]
}

export type FileChange =
  | { readonly kind: 'write'; readonly position: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly size: number }
  /** Only the new length of a write. Its bytes are zeros. */
  | { readonly kind: 'grow'; readonly size: number }

/** Atomic change of names to other nodes; null removes a name. */
export type NameChange = readonly (readonly [name: string, node: DiskNode | null])[]

/** Durable and possible state of each file and folder at one moment. */
export interface DiskSnapshot {
  readonly root: FolderNode
  readonly files: ReadonlyMap<FileNode, Pick<FileNode, 'durable' | 'changes'>>
  readonly folders: ReadonlyMap<FolderNode, Pick<FolderNode, 'durable' | 'changes'>>
}

const NOTHING = Buffer.alloc(0)

export function createFileNode(bytes: Buffer = NOTHING): FileNode {
  const { length: size } = bytes
  return { kind: 'file', content: bytes, size, names: 0, mtimeMs: 0, durable: bytes, changes: [] }
}

export function createFolderNode(names: ReadonlyMap<string, DiskNode> = new Map()): FolderNode {
  return { kind: 'folder', content: new Map(names), durable: names, changes: [] }
}

/** Applies changes to bytes. A change after the end fills the gap with zeros. */
export function withChanges(bytes: Buffer, changes: readonly FileChange[]): Buffer {
  if (changes.length === 0) return bytes
  const after = Buffer.alloc(Math.max(bytes.length, ...changes.map(sizeOf)))
  bytes.copy(after)
  let size = bytes.length
  for (const change of changes) {
    if (change.kind === 'write') change.bytes.copy(after, change.position)
    if (change.kind === 'truncate') after.fill(0, change.size)
    size = change.kind === 'truncate' ? change.size : Math.max(size, sizeOf(change))
  }
  return after.subarray(0, size)
}

function sizeOf(change: FileChange): number {
  return change.kind === 'write' ? change.position + change.bytes.length : change.size
}

export function withNames(
  names: ReadonlyMap<string, DiskNode>,
  changes: readonly NameChange[],
): ReadonlyMap<string, DiskNode> {
  const after = new Map(names)
  for (const [name, node] of changes.flat()) {
    if (node) after.set(name, node)
    else after.delete(name)
  }
  return after
}
