/**
 * Everything in the storage, for the jobs that look for orphans. A listing is divided into sections, so that a job can
 * stop after one section and continue with the next one later.
 */
export interface Inventory {
  /** Number of sections, at least one. An entry is always in the same section. */
  readonly sections: number
  /**
   * Streams the entries of a section, counted from 0. An entry that exists during the whole listing is included; one
   * that is created or removed meanwhile may be. Uploads with a writer in this process are left out.
   */
  list(section: number): AsyncIterable<InventoryEntry>
  /** Removes an orphan if it still is one; returns true when it was removed. */
  removeOrphan(id: string): Promise<boolean>
  /** Returns the installation that owns the storage. Stores `candidate` when there was none. */
  owner(candidate: string): Promise<string>
  /** Returns the installation that owns the storage; null when there is none. Read-only. */
  knownOwner(): Promise<string | null>
}

export type InventoryEntry =
  /** A complete object. */
  | { readonly kind: 'object'; readonly name: string; readonly modifiedAtMs: number }
  /** An unfinished upload that a writer can continue. */
  | { readonly kind: 'upload'; readonly name: string; readonly modifiedAtMs: number }
  /**
   * Bytes that a crash left behind and no writer can use. `name` is the complete object beside them; null when they
   * cannot be attributed to one and may belong to an upload that has just begun.
   */
  | {
      readonly kind: 'orphan'
      readonly id: string
      readonly name: string | null
      readonly modifiedAtMs: number
    }
  /** An object with a name that this service never creates: it belongs to another program. */
  | { readonly kind: 'foreign'; readonly name: string }
  /** An entry that cannot be read or identified. */
  | { readonly kind: 'unreadable'; readonly id: string; readonly problem: string }
