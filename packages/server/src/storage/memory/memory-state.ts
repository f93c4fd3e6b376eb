import type { StoredPart } from '../part-uploads.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'

export interface MemoryState {
  readonly objects: Map<string, ObjectInMemory>
  readonly uploads: Map<string, { readonly bytes: Buffer; readonly modifiedAtMs: number }>
  readonly parts: Map<string, PartsInMemory>
  readonly budget: BodyBudget
}

export interface ObjectInMemory {
  readonly metadata: ObjectMetadata
  readonly bytes: Buffer
  /** List of the parts that were joined, as JSON; absent for a sequential upload. */
  readonly partIds?: string
}

/** An upload of parts. */
export interface PartsInMemory {
  /** Parts by their ids, in the order in which they were stored. */
  readonly stored: Map<string, PartInMemory>
  modifiedAtMs: number
}

export interface PartInMemory {
  readonly version: string
  readonly part: StoredPart
  readonly bytes: Buffer
}
