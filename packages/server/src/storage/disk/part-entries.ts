import type { Digests } from '../running-digests.ts'
import { type PartFile, segmentIdsOf } from './part-file.ts'

/**
 * Entry of the upload log of an upload of parts. All processes see the entries in the same order, so they agree on the
 * parts. Part attempts do not share files and need no claim.
 */
export type PartEntry =
  /** A file of this id may exist from now on, for a part or for a linked segment. */
  | { readonly attempt: string }
  /** The files of these attempts are a part; written after their sync. */
  | ({ readonly stored: string } & PartFacts)
  /** The entry `stored` of this version may not be durable: the part that it replaced counts again. */
  | { readonly reverted: string; readonly partId: string }
  /** The attempt never becomes a part; its file may be removed. */
  | { readonly discarded: string }
  /** A completion has begun, whose object has this id: no part is stored until it is given up. */
  | { readonly seal: string }
  /** The completion was given up. */
  | { readonly unseal: string }
  /** The upload is complete or cancelled: no entry counts from now on. */
  | { readonly closed: true }

export interface PartFacts {
  readonly partId: string
  /** Files of the part in their order; a part that was linked can have several. */
  readonly files: readonly PartFile[]
  readonly digests: Digests
  readonly atMs: number
  readonly note?: string
}

/**
 * State of an upload of parts. Readers of one log share it: it changes with every entry that one of them reads, because
 * a copy for each entry would make the cost of a part grow with their number.
 */
export interface PartsState {
  /** Ids of all files that may exist. */
  readonly fileIds: ReadonlySet<string>
  /** Attempts that may still become a part. */
  readonly attempts: ReadonlySet<string>
  /** Stored parts by their ids, in the order in which they were stored. */
  readonly stored: ReadonlyMap<string, PartRecord>
  /** Ids of the files of the stored parts. */
  readonly storedIds: ReadonlySet<string>
  readonly discarded: ReadonlySet<string>
  /** Completions that have begun and were not given up. */
  readonly seals: ReadonlySet<string>
  readonly isClosed: boolean
  /** Applies the entry at this position of the log, unless another reader has applied it. */
  apply(entry: PartEntry, position: number): void
}

export interface PartRecord extends PartFacts {
  /** Id of the attempt. */
  readonly version: string
  /** The part that this one replaced; null for none. Its files exist until this one is durable. */
  readonly replaced: PartRecord | null
}

interface ChangingParts extends Omit<PartsState, 'apply'> {
  readonly fileIds: Set<string>
  readonly attempts: Set<string>
  readonly stored: Map<string, PartRecord>
  readonly storedIds: Set<string>
  readonly discarded: Set<string>
  readonly seals: Set<string>
  isClosed: boolean
}

/** Creates the state of an upload without parts. */
export function createPartsState(): PartsState {
  let lastPosition = -1
  const state: ChangingParts & PartsState = {
    fileIds: new Set(),
    attempts: new Set(),
    stored: new Map(),
    storedIds: new Set(),
    discarded: new Set(),
    seals: new Set(),
    isClosed: false,
    apply: (entry, position) => {
      if (position <= lastPosition) return
      lastPosition = position
      if (!state.isClosed) applyPartEntry(state, entry)
    },
  }
  return state
}

const KINDS = ['attempt', 'stored', 'reverted', 'discarded', 'seal', 'unseal', 'closed']

export function isPartEntry(entry: object): entry is PartEntry {
  return KINDS.some((kind) => kind in entry)
}

function applyPartEntry(state: ChangingParts, entry: PartEntry): void {
  const { fileIds, attempts, discarded, seals } = state
  const isSealed = seals.size > 0
  if ('attempt' in entry) {
    if (isSealed) return
    attempts.add(entry.attempt)
    fileIds.add(entry.attempt)
  } else if ('stored' in entry) {
    const { stored: version, ...facts } = entry
    const isWanted = segmentIdsOf(facts.files).every((id) => attempts.has(id))
    if (!isSealed && isWanted) store(state, facts, version)
  } else if ('reverted' in entry) {
    if (!isSealed) revert(state, entry.partId, entry.reverted)
  } else if ('discarded' in entry) {
    if (attempts.delete(entry.discarded)) discarded.add(entry.discarded)
  } else if ('seal' in entry) {
    seals.add(entry.seal)
    fileIds.add(entry.seal)
  } else if ('unseal' in entry) seals.delete(entry.unseal)
  else state.isClosed = true
}

function store(state: ChangingParts, facts: PartFacts, version: string): void {
  const replaced = state.stored.get(facts.partId) ?? null
  for (const id of segmentIdsOf(facts.files)) state.attempts.delete(id)
  setPart(state, facts.partId, { ...facts, version, replaced: replaced && { ...replaced, replaced: null } })
}

function revert(state: ChangingParts, partId: string, version: string): void {
  const current = state.stored.get(partId)
  if (current?.version === version) setPart(state, partId, current.replaced)
}

/** Sets or removes a part. A part that is set moves to the end. */
function setPart({ stored, storedIds }: ChangingParts, partId: string, part: PartRecord | null): void {
  for (const id of segmentIdsOf(stored.get(partId)?.files ?? [])) storedIds.delete(id)
  stored.delete(partId)
  if (part === null) return
  for (const id of segmentIdsOf(part.files)) storedIds.add(id)
  stored.set(partId, part)
}

/** Returns true when the attempt can still become a part. */
export function canBeStored({ attempts, seals, isClosed }: PartsState, attempt: string): boolean {
  return !isClosed && seals.size === 0 && attempts.has(attempt)
}

/** Returns true when the `stored` entry of the attempt counted, also when another part has replaced it since. */
export function wasStored({ attempts, discarded }: PartsState, attempt: string): boolean {
  return !attempts.has(attempt) && !discarded.has(attempt)
}
