import { ServiceError } from '../domain/errors.ts'
import type { ObjectStorage } from './object-storage.ts'

/** Wraps a storage and calls `onDamage` for every read that finds a damaged object. */
export function reportCorruption(
  storage: ObjectStorage,
  onDamage: (name: string, error: ServiceError) => void,
): ObjectStorage {
  const report = (name: string, error: unknown) => {
    if (error instanceof ServiceError && error.code === 'OBJECT_DAMAGED') onDamage(name, error)
  }
  const reporting = <T>(name: string, work: Promise<T>): Promise<T> => {
    work.catch((error) => report(name, error))
    return work
  }
  return {
    ...storage,
    stat: (name) => reporting(name, storage.stat(name)),
    read: async (name, range, generation) => {
      const bytes = await reporting(name, storage.read(name, range, generation))
      return bytes.on('error', (error) => report(name, error))
    },
  }
}
