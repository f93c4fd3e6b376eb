import type { FileSystem } from './file-system.ts'
import type { ObjectDescription } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { openObject } from './open-object.ts'

/** What the object's footer says; null when there is no such object. Throws when it cannot be read. */
export async function describeObject(fs: FileSystem, paths: ObjectPaths): Promise<ObjectDescription | null> {
  const object = await openObject(fs, paths)
  await object?.close()
  return object?.description ?? null
}

/** The segments in files of their own that the object is made of. */
export function neededSegments(description: ObjectDescription | null): ReadonlySet<string> {
  return new Set(description?.earlierSegments.map((segment) => segment.writerId))
}
