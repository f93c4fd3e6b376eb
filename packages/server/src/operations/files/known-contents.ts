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
}

/** Objects that are known, a few hundred bytes each; beyond it, the oldest one is forgotten. */
const MAX_KNOWN = 4096

export function createKnownContents(): KnownContents {
  const known = new Map<string, ContentEvidence>()
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
  }
}
