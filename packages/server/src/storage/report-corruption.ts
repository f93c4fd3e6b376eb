import { ServiceError } from '../domain/errors.ts'
import type { ObjectStorage } from './object-storage.ts'

/** Tells `onDamage` of every read that found an object damaged; changes nothing else. */
export function reportCorruption(
  storage: ObjectStorage,
  onDamage: (name: string, error: ServiceError) => void,
): ObjectStorage {
  const note = (name: string, error: unknown) => {
    if (error instanceof ServiceError && error.code === 'OBJECT_DAMAGED') onDamage(name, error)
  }
  const noting = <T>(name: string, work: Promise<T>): Promise<T> => {
    work.catch((error) => note(name, error))
    return work
  }
  return {
    ...storage,
    stat: (name) => noting(name, storage.stat(name)),
    read: async (name, range, generation) => {
      const bytes = await noting(name, storage.read(name, range, generation))
      return bytes.on('error', (error) => note(name, error))
    },
  }
}
