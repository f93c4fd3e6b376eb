/** What a disk holds, and what has been asked of it since that no sync has made durable yet. */
export type DiskNode = FileNode | FolderNode

export interface FileNode {
  readonly kind: 'file'
  /** What every process sees; longer than `size` at most by unused room. */
  content: Buffer
  size: number
  names: number
  mtimeMs: number
  /** Replaced, never changed, so that whoever holds it keeps what it was. So are the lists of changes. */
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
  /** Of a write only the new length, so that zeros stand where its bytes should. */
  | { readonly kind: 'grow'; readonly size: number }

/** Names that come to stand for another node, or for none (null), at once. */
export type NameChange = readonly (readonly [name: string, node: DiskNode | null])[]

/** Of each file and folder what is durable, and what may be, at one moment. */
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

/** The bytes after the changes; where one begins behind the end, zeros come between. */
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
