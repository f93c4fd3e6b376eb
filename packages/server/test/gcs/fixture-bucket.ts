import type { ObjectMetadata } from '../../src/storage/stored-object.ts'

export interface FixtureObject {
  readonly metadata: ObjectMetadata
  readonly bytes: Buffer
}

/** Objects of the only bucket, by name. */
export interface FixtureBucket {
  get(name: string): FixtureObject | null
  /** Adds an object. Returns false when the name exists. */
  add(object: FixtureObject): boolean
  delete(name: string): void
  /** Returns the names in the order of their UTF-8 bytes, as Google lists them. */
  names(): string[]
}

export function createBucket(): FixtureBucket {
  const objects = new Map<string, FixtureObject>()
  return {
    get: (name) => objects.get(name) ?? null,
    add: (object) => {
      if (objects.has(object.metadata.name)) return false
      objects.set(object.metadata.name, object)
      return true
    },
    delete: (name) => {
      objects.delete(name)
    },
    names: () => [...objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  }
}
