import { setTimeout as wait } from 'node:timers/promises'
import { ServiceError } from '../../domain/errors.ts'
import type { StoredRecord, UploadRecord, UploadRecords } from './upload-record.ts'

/**
 * Records of uploads of parts. Many writers change the same record: those of this process one after the other, and those
 * of other processes with conditional writes.
 */
export interface PartRecords {
  /** Remembers the record of an upload that is in use, until the returned function is called. */
  hold(name: string): () => void
  /** Returns the record as this process knows it. Other processes may have changed it. */
  peek(name: string): Promise<UploadRecord | null>
  /** Returns the stored record. */
  load(name: string): Promise<UploadRecord | null>
  /**
   * Replaces the record by the result of `change`, which is called again when another process was faster; null leaves
   * the stored record as it is. Returns the record afterwards.
   */
  update(name: string, change: RecordChange): Promise<UploadRecord | null>
  remove(name: string): Promise<void>
}

export type RecordChange = (record: UploadRecord | null) => UploadRecord | null

/** Attempts to replace a record that other processes change at the same time. In each of them one process succeeds. */
const MAX_ATTEMPTS = 30
const LONGEST_PAUSE_MS = 200

interface Shared {
  users: number
  /** The last change or load; the next one waits for it. */
  turn: Promise<unknown>
  /** The record after the last change; undefined when it is unknown. */
  known: StoredRecord | null | undefined
}

export function createPartRecords(records: UploadRecords): PartRecords {
  const shared = new Map<string, Shared>()

  const use = (name: string): { readonly one: Shared; readonly end: () => void } => {
    const one = shared.get(name) ?? { users: 0, turn: Promise.resolve(), known: undefined }
    shared.set(name, one)
    one.users++
    const end = () => {
      one.users--
      if (one.users === 0) shared.delete(name)
    }
    return { one, end }
  }

  /** Runs `work` after all earlier work on the record in this process. */
  const exclusively = async <T>(name: string, work: (one: Shared) => Promise<T>): Promise<T> => {
    const { one, end } = use(name)
    const mine = one.turn.then(() => work(one))
    one.turn = mine.catch(() => {})
    return mine.finally(end)
  }

  const load = (name: string) =>
    exclusively(name, async (one) => {
      one.known = await records.load(name)
      return one.known?.record ?? null
    })

  return {
    hold: (name) => use(name).end,
    load,
    peek: async (name) => {
      const record = shared.get(name)?.known?.record
      // Another process may have given its completion up.
      return record === undefined || record.isSealed ? load(name) : record
    },
    update: (name, change) => exclusively(name, (one) => update(records, name, one, change)),
    remove: (name) =>
      exclusively(name, async (one) => {
        one.known = undefined
        await records.remove(name)
      }),
  }
}

async function update(
  records: UploadRecords,
  name: string,
  one: Shared,
  change: RecordChange,
): Promise<UploadRecord | null> {
  let isFresh = false
  for (let attempt = 1; ; attempt++) {
    if (one.known === undefined) {
      one.known = await records.load(name)
      isFresh = true
    }
    const { record = null, etag = null } = one.known ?? {}
    const changed = change(record)
    if (changed === null && isFresh) return record
    one.known = undefined
    // Another process may have changed the reason.
    if (changed === null) continue
    try {
      one.known = await records.save({ ...changed, modifiedAtMs: Date.now() }, etag)
      return one.known.record
    } catch (error) {
      if (!isFenced(error)) throw error
      if (attempt >= MAX_ATTEMPTS) throw busy(error)
      isFresh = false
      await wait(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * attempt))
    }
  }
}

function isFenced(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'UPLOAD_FENCED'
}

function busy(cause: unknown): ServiceError {
  const message = 'other processes change the upload all the time'
  return new ServiceError('STORAGE_UNAVAILABLE', message, {}, { cause })
}
