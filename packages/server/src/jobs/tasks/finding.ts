/** Something that is not as it should be, and what a sweep did about it. */
export interface Finding {
  readonly kind: FindingKind
  /** The object's name; storage's own for what has none. */
  readonly name: string
  readonly reason: string
  readonly outcome: Outcome
}

export type FindingKind =
  /** An unfinished session whose time is over: its reservation and its bytes. */
  | 'overdue-session'
  /** An object that nobody can need. */
  | 'object'
  /** An unfinished upload that nobody can go on with. */
  | 'upload'
  /** What a crash has left beside an object, or by itself. */
  | 'orphan'
  /** What cannot be read: damaged, or of a newer version. */
  | 'unreadable'
  /** An object of a name that this service never gives. */
  | 'foreign-object'
  /** A file whose object is not there. */
  | 'missing-object'
  /** The storage holds the objects of another database. */
  | 'foreign-storage'

/** `to-remove`: a dry run would have removed it. `reported`: for a person to decide. */
export type Outcome = 'removed' | 'to-remove' | 'failed' | 'reported'
