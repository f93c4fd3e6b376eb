import type { ContentEvidence } from '../../domain/files/content-type/judge-content.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'

type Identity = Pick<ObjectMetadata, 'name' | 'generation'>

/**
 * Evidence of the types of small objects that this process has stored and that are not registered yet: their registration
 * reads no bytes. Objects never change, so that the evidence stays true.
 */
export interface KnownContents {
  add(object: Identity, evidence: ContentEvidence): void
  /** Returns the evidence and forgets it; null for an object that is not known. */
  take(object: Identity): ContentEvidence | null
  /** Reserves memory for a body that is arriving; returns false when other bodies use it up. */
  reserve(bytes: number): boolean
  release(bytes: number): void
}

/** Memory for the bodies whose types will be found; beyond it, registrations read the objects. */
const MAX_BODY_BYTES = 4 * 1024 * 1024
/** Objects that are known, a few hundred bytes each; beyond it, the oldest one is forgotten. */
const MAX_KNOWN = 4096

export function createKnownContents(): KnownContents {
  const known = new Map<string, ContentEvidence>()
  let reservedBytes = 0
  const keyOf = ({ name, generation }: Identity) => `${generation} ${name}`
  return {
    add: (object, evidence) => {
      known.set(keyOf(object), evidence)
      const [oldest] = known.keys()
      if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest)
    },
    take: (object) => {
      const key = keyOf(object)
      const evidence = known.get(key) ?? null
      known.delete(key)
      return evidence
    },
    reserve: (bytes) => {
      if (reservedBytes + bytes > MAX_BODY_BYTES) return false
      reservedBytes += bytes
      return true
    },
    release: (bytes) => {
      reservedBytes -= bytes
    },
  }
}
