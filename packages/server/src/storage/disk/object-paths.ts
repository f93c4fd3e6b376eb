import { createHash } from 'node:crypto'
import { join } from 'node:path'

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
  const hash = createHash('sha256').update(name).digest('hex')
  const directory = join(root, hash.slice(0, 2))
  const stem = join(directory, hash)
  return {
    directory,
    object: `${stem}.object`,
    log: `${stem}.log`,
    segment: (writerId) => `${stem}.${writerId}.segment`,
  }
}
