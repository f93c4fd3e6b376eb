import { ServiceError } from '../../domain/errors.ts'
import { INTERNAL_FOLDER, type S3 } from './s3.ts'

/** Short texts that the storage keeps in the bucket for itself. Each is written once; the first process wins. */
export interface InternalTexts {
  /** Returns the stored text; stores `candidate` when there is none. */
  readOrCreate(name: string, candidate: string): Promise<string>
  /** Returns the stored text; null when there is none. */
  read(name: string): Promise<string | null>
  /** Throws STORAGE_UNAVAILABLE when the server does not respond or the text is missing. */
  check(name: string): Promise<void>
}

/** Creates access to the internal texts of one storage. */
export function createInternalTexts({ bucket }: Pick<S3, 'bucket'>): InternalTexts {
  const keyOfText = (name: string) => INTERNAL_FOLDER + name
  const read = async (name: string) => (await bucket.get(keyOfText(name)))?.bytes.toString() ?? null

  return {
    read,
    readOrCreate: async (name, candidate) => {
      const stored = await read(name)
      if (stored !== null) return stored
      await bucket.put(keyOfText(name), Buffer.from(candidate), { condition: { ifNoneMatch: true } })
      // Another process may have been first.
      return (await read(name)) ?? candidate
    },
    check: async (name) => {
      if ((await bucket.head(keyOfText(name))) !== null) return
      throw new ServiceError('STORAGE_UNAVAILABLE', `the bucket does not contain ${keyOfText(name)}`)
    },
  }
}
