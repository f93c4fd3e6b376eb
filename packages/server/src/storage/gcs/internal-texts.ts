import { text } from 'node:stream/consumers'
import { ServiceError } from '../../domain/errors.ts'
import type { Gcs } from './gcs.ts'
import { isPreconditionFailed } from './google-fault.ts'
import { createInsert } from './insert-object.ts'
import { statGcsObject } from './stat-gcs-object.ts'

/** Prefix of the names of internal texts. No object has a name with this prefix. */
export const INTERNAL_FOLDER = '.waybill/'

/** Short texts that the storage keeps in the bucket for itself. Each is written once; the first process wins. */
export interface InternalTexts {
  /** Returns the stored text; stores `candidate` when there is none. */
  readOrCreate(name: string, candidate: string): Promise<string>
  /** Returns the stored text; null when there is none. */
  read(name: string): Promise<string | null>
  /** Throws STORAGE_UNAVAILABLE when Google does not respond or the text is missing. */
  check(name: string): Promise<void>
}

/** Creates access to the internal texts of one storage. A text that was read once is kept in memory. */
export function createInternalTexts(gcs: Gcs): InternalTexts {
  const { google, calls, prefix } = gcs
  const known = new Map<string, string>()
  const fileOf = (name: string) => google.bucket.file(`${prefix}${INTERNAL_FOLDER}${name}`)

  const create = (name: string, candidate: string) =>
    calls.run('storage.objects.create', async (signal) => {
      try {
        const insert = await createInsert(gcs, { name: INTERNAL_FOLDER + name, contentType: 'text/plain' })
        await insert(candidate, signal)
      } catch (error) {
        // Another process was first, or an earlier attempt of this one whose response was lost.
        if (!isPreconditionFailed(error)) throw error
      }
    })

  const readStored = async (name: string) => {
    const stored = await calls.run('storage.objects.get', () =>
      text(fileOf(name).createReadStream({ validation: false })),
    )
    known.set(name, stored)
    return stored
  }
  const exists = async (name: string) => (await statGcsObject(gcs, INTERNAL_FOLDER + name)) !== null

  return {
    readOrCreate: async (name, candidate) => {
      const before = known.get(name)
      if (before !== undefined) return before
      if (!(await exists(name))) await create(name, candidate)
      return readStored(name)
    },
    read: async (name) => known.get(name) ?? ((await exists(name)) ? readStored(name) : null),
    check: async (name) => {
      if (await exists(name)) return
      throw new ServiceError('STORAGE_UNAVAILABLE', `the bucket does not contain ${INTERNAL_FOLDER}${name}`)
    },
  }
}
