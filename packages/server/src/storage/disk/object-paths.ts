import { hash as hashOf } from 'node:crypto'
import { join, sep } from 'node:path'

/** Where one object and its unfinished upload lie. All of them share one folder. */
export interface ObjectPaths {
  readonly directory: string
  /** The whole object; it exists only when the object does. */
  readonly object: string
  /** The upload's log. */
  readonly log: string
  /** The bytes that the writer with this id began to write. */
  segment(writerId: string): string
}

/** Names of the folders, `00` to `ff`, that objects are spread over. */
export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, '0'),
)

/** An object's name comes from outside, so only its SHA-256 ever becomes a path. */
export function objectPaths(root: string, name: string): ObjectPaths {
  return hashedPaths(root, hashOf('sha256', name, 'hex'))
}

function hashedPaths(root: string, hash: string): ObjectPaths {
  const directory = join(root, hash.slice(0, 2))
  const stem = `${directory}${sep}${hash}`
  return {
    directory,
    object: `${stem}.object`,
    log: `${stem}.log`,
    segment: (writerId) => `${stem}.${writerId}.segment`,
  }
}

/** One of the files that `objectPaths` speaks of. */
export interface ObjectFile {
  readonly part: 'object' | 'log' | 'segment'
  readonly path: string
  readonly paths: ObjectPaths
  /** Null unless it is a segment. */
  readonly writerId: string | null
}

const FILE_NAME = /^([0-9a-f]{64})\.(?:(object|log)|([0-9a-f]{16})\.segment)$/

/** What a file of this name in its folder is; null for a name that none of ours has. */
export function parseFileName(root: string, fileName: string): ObjectFile | null {
  const [, hash, part, writerId] = FILE_NAME.exec(fileName) ?? []
  if (hash === undefined) return null
  const paths = hashedPaths(root, hash)
  if (writerId !== undefined) return { part: 'segment', path: paths.segment(writerId), paths, writerId }
  if (part !== 'object' && part !== 'log') return null
  return { part, path: paths[part], paths, writerId: null }
}
