import { ServiceError } from '../domain/errors.ts'
import type { ObjectStorage } from './object-storage.ts'

export interface DamagedObject {
  readonly name: string
  /** Generation that was read; null when the read did not name one. */
  readonly generation: string | null
  readonly error: ServiceError
}

/** Wraps a storage and calls `onDamage` for every read that finds a damaged object or a damaged part. */
export function reportCorruption(
  storage: ObjectStorage,
  onDamage: (damaged: DamagedObject) => void,
): ObjectStorage {
  const report = (name: string, generation: string | null, error: unknown) => {
    if (error instanceof ServiceError && error.code === 'OBJECT_DAMAGED')
      onDamage({ name, generation, error })
  }
  const reporting = <T>(name: string, generation: string | null, work: Promise<T>): Promise<T> => {
    work.catch((error) => report(name, generation, error))
    return work
  }
  return {
    ...storage,
    parts: {
      ...storage.parts,
      complete: (spec, parts, expected) =>
        reporting(spec.name, null, storage.parts.complete(spec, parts, expected)),
    },
    copy: (spec, source) => reporting(source.name, source.generation, storage.copy(spec, source)),
    stat: (name) => reporting(name, null, storage.stat(name)),
    read: async (name, range, generation) => {
      const bytes = await reporting(name, generation ?? null, storage.read(name, range, generation))
      return bytes.on('error', (error) => report(name, generation ?? null, error))
    },
  }
}
