/** Problem that a sweep found, and the result of the sweep's action. */
export interface Finding {
  readonly kind: FindingKind
  /** Name of the object; the storage's id of an entry without a name. */
  readonly name: string
  readonly reason: string
  readonly outcome: Outcome
}

export type FindingKind =
  /** An unfinished session after its expiry, with its reservation and its bytes. */
  | 'overdue-session'
  /** A complete object that no client can use. */
  | 'object'
  /** An unfinished upload that no client can continue. */
  | 'upload'
  /** Bytes that a crash left behind, beside an object or alone. */
  | 'orphan'
  /** An entry that cannot be read: damaged, or written by a newer version. */
  | 'unreadable'
  /** An object with a name that this service never creates. */
  | 'foreign-object'
  /** A file whose object does not exist. */
  | 'missing-object'
  /** A storage that holds the objects of another database. */
  | 'foreign-storage'

/** `to-remove`: found by a dry run, which removes nothing. `reported`: the operator must decide. */
export type Outcome = 'removed' | 'to-remove' | 'failed' | 'reported'
