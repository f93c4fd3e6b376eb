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

/** Which of the changes that no sync has made durable survive a power cut all the same, in their order. */
export interface PowerCut {
  readonly kind: string
  bytesKept(changes: readonly FileChange[]): readonly FileChange[]
  namesKept(changes: readonly NameChange[]): readonly NameChange[]
}

export const LOSES_ALL: PowerCut = { kind: 'all lost', bytesKept: () => [], namesKept: () => [] }

export const KEEPS_ALL: PowerCut = {
  kind: 'all kept',
  bytesKept: (changes) => changes,
  namesKept: (changes) => changes,
}

/**
 * Any of them, each by itself: file systems write pages and journals in an order of their own. One write of a file
 * may be torn, or have left its length and no bytes.
 */
export function createRandomCut(random: Random): PowerCut {
  const subset = <T>(changes: readonly T[]): T[] => {
    const probability = random.pick([0, 0.1, 0.5, 0.9, 1])
    return changes.filter(() => random.chance(probability))
  }
  return {
    kind: 'some lost',
    bytesKept: (changes) => {
      const kept = subset(changes)
      const torn = random.chance(0.5) ? random.below(kept.length) : -1
      return kept.flatMap((change, index) => (index === torn ? tornWrite(change, random) : [change]))
    },
    namesKept: subset,
  }
}

function tornWrite(change: FileChange, random: Random): FileChange[] {
  if (change.kind !== 'write') return [change]
  const { position, bytes } = change
  const size = position + bytes.length
  const from = random.chance(0.7) ? 0 : random.below(bytes.length)
  const to = from + random.below(bytes.length - from + 1)
  const part: FileChange = { kind: 'write', position: position + from, bytes: bytes.subarray(from, to) }
  return random.chance(0.5) ? [part, { kind: 'grow', size }] : [part]
}

/** What is found after a power cut. */
export interface DiskImage {
  readonly root: FolderNode
  /** Says of each file what it holds: files that say the same hold the same. */
  readonly contents: ReadonlyMap<DiskNode, string>
}

export function imageAfterCut({ root, files, folders }: DiskSnapshot, cut: PowerCut): DiskImage {
  const found = new Map<FileNode, FileNode>()
  const contents = new Map<DiskNode, string>()

  const fileAfter = (node: FileNode): FileNode => {
    const known = found.get(node)
    if (known) return known
    const { durable, changes } = files.get(node) ?? { durable: NOTHING, changes: [] }
    const kept = cut.bytesKept(changes)
    const file = createFileNode(withChanges(durable, kept))
    file.mtimeMs = node.mtimeMs
    found.set(node, file)
    contents.set(file, [durable, ...kept].map(numberOf).join(' '))
    return file
  }

  const folderAfter = (node: FolderNode): FolderNode => {
    const state = folders.get(node)
    if (!state) return createFolderNode()
    const names = withNames(state.durable, cut.namesKept(state.changes))
    const after = createFolderNode(new Map([...names].map(([name, child]) => [name, nodeAfter(child)])))
    for (const child of after.content.values()) if (child.kind === 'file') child.names++
    return after
  }

  const nodeAfter = (node: DiskNode) => (node.kind === 'file' ? fileAfter(node) : folderAfter(node))
  return { root: folderAfter(root), contents }
}

const NOTHING = Buffer.alloc(0)
const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** One for each thing, always the same: bytes that are durable and changes are never changed themselves. */
function numberOf(thing: object): number {
  const number = numbers.get(thing) ?? ++lastNumber
  numbers.set(thing, number)
  return number
}
