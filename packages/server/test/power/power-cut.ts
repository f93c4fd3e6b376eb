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

/** Selects the unsynced changes that survive a power cut, in their order. */
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
 * Creates a cut that keeps each change independently, because file systems write pages and journals in any order. One
 * write of a file may be torn, or change only the length of the file.
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

/** State of a disk after a power cut. */
export interface DiskImage {
  readonly root: FolderNode
  /** Identifies the content of each file: equal strings mean equal content. */
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

/** Returns a stable number for an object. Durable buffers and changes are immutable, so it identifies their content. */
function numberOf(thing: object): number {
  const number = numbers.get(thing) ?? ++lastNumber
  numbers.set(thing, number)
  return number
}
