import { text } from 'node:stream/consumers'
import { ServiceError } from '../../domain/errors.ts'
import type { Gcs } from './gcs.ts'
import { isOtherVersion } from './google-fault.ts'
import { createInsert } from './insert-object.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/** Where the storage keeps what is its own: no object's name begins like this. */
export const OWN_FOLDER = '.waybill/'

/** Short texts in the bucket that are written once, by whichever process comes first. */
export interface OwnTexts {
  /** The text that stands, or `candidate` where none did. It is read once. */
  readOrMake(name: string, candidate: string): Promise<string>
  /** Returns the stored text; null when there is none. */
  read(name: string): Promise<string | null>
  /** Throws STORAGE_UNAVAILABLE where Google does not answer, or the text is gone. */
  check(name: string): Promise<void>
}

export function createOwnTexts(gcs: Gcs): OwnTexts {
  const { google, calls, prefix } = gcs
  const known = new Map<string, string>()
  const fileOf = (name: string) => google.bucket.file(`${prefix}${OWN_FOLDER}${name}`)

  const make = (name: string, candidate: string) =>
    calls.run('storage.objects.create', async (signal) => {
      try {
        const insert = await createInsert(gcs, { name: OWN_FOLDER + name, contentType: 'text/plain' })
        await insert(candidate, signal)
      } catch (error) {
        // Another process was first, or this one was and has not heard of it.
        if (!isOtherVersion(error)) throw error
      }
    })

  const readStanding = async (name: string) => {
    const standing = await calls.run('storage.objects.get', () =>
      text(fileOf(name).createReadStream({ validation: false })),
    )
    known.set(name, standing)
    return standing
  }
  const isThere = async (name: string) => (await statGcsObject(gcs, OWN_FOLDER + name)) !== null

  return {
    readOrMake: async (name, candidate) => {
      const before = known.get(name)
      if (before !== undefined) return before
      if (!(await isThere(name))) await make(name, candidate)
      return readStanding(name)
    },
    read: async (name) => known.get(name) ?? ((await isThere(name)) ? readStanding(name) : null),
    check: async (name) => {
      if (await isThere(name)) return
      throw new ServiceError('STORAGE_UNAVAILABLE', 'the bucket does not hold what the storage keeps there')
    },
  }
}
