import { hash as hashOf } from 'node:crypto'
import { join, sep } from 'node:path'

/** Paths of one object and its unfinished upload, all in one directory. */
export interface ObjectPaths {
  readonly directory: string
  /** Exists only when the object is complete. */
  readonly object: string
  /** Log of the upload. */
  readonly log: string
  /** Returns the path of the segment that the writer with this id created. */
  segment(writerId: string): string
}

/** Names of the directories over which objects are spread, `00` to `ff`. */
export const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) =>
  index.toString(16).padStart(2, '0'),
)

/** Returns the paths for an object. Its name comes from clients, so paths contain only its SHA-256. */
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

/** One of the files of `ObjectPaths`. */
export interface ObjectFile {
  readonly part: 'object' | 'log' | 'segment'
  readonly path: string
  readonly paths: ObjectPaths
  /** Id of the writer that created the segment; null for an object or a log. */
  readonly writerId: string | null
}

const FILE_NAME = /^([0-9a-f]{64})\.(?:(object|log)|([0-9a-f]{16})\.segment)$/

/** Parses a file name in a shard directory; null for a name that this storage never creates. */
export function parseFileName(root: string, fileName: string): ObjectFile | null {
  const [, hash, part, writerId] = FILE_NAME.exec(fileName) ?? []
  if (hash === undefined) return null
  const paths = hashedPaths(root, hash)
  if (writerId !== undefined) return { part: 'segment', path: paths.segment(writerId), paths, writerId }
  if (part !== 'object' && part !== 'log') return null
  return { part, path: paths[part], paths, writerId: null }
}
