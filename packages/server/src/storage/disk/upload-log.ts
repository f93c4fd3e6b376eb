import { crc32c } from '../../platform/crc32c.ts'
import { BLOCK_BYTES, type Checksums, NO_BYTES } from '../block-checksums.ts'
import { createPartsState, isPartEntry, type PartEntry, type PartsState } from './part-entries.ts'

/**
 * Entry of an append-only log that defines the state of one upload. A writer claims the upload with a `claim` entry.
 * Other entries count only if their writer is the newest one that has claimed before them. All processes see the
 * entries in the same order, so they agree on the owner, and a fenced writer cannot change anything.
 */
export type LogEntry =
  /**
   * `name` is the object's name, which the path does not contain. A writer that `announces` appends `finalizing` before
   * it creates the object; writers of older versions do not.
   */
  | { readonly claim: string; readonly name: string; readonly announces?: true }
  /** New durable bytes; written after their sync. */
  | ({ readonly progress: string; readonly released: boolean } & Progress)
  /** The writer ends without new progress, and will not write to its segment again. */
  | { readonly release: string }
  /** The writer is about to create the object; `segment` is the id of its last segment. */
  | { readonly finalizing: string; readonly segment: string }
  /** The writer has removed the unpublished bytes of earlier writers; see drop-unpublished.ts. */
  | { readonly dropped: string }
  /** The upload consists of parts from now on, unless it has bytes already. `parts` is the object's name. */
  | { readonly parts: string }

interface Progress {
  readonly segments: readonly Segment[]
  /** Number of blocks of the previous state that are unchanged. */
  readonly keptBlocks: number
  /** Checksums of the complete blocks after those. */
  readonly blocks: readonly number[]
  readonly tail: number
}

/** The first `bytes` bytes of the file that the writer created. */
export interface Segment {
  readonly writerId: string
  readonly bytes: number
}

export interface UploadState {
  /** Name of the future object; null before the first claim. */
  readonly name: string | null
  /** Newest writer that has claimed; null when there is none. */
  readonly owner: string | null
  /** True when the owner may append to the last segment: it was released before the claim. */
  readonly isContinuable: boolean
  /** True when the owner has ended: nobody appends before the next claim. */
  readonly isIdle: boolean
  /** True when the writer of the last segment has released it and will not write to it again. */
  readonly isReleased: boolean
  readonly segments: readonly Segment[]
  readonly checksums: Checksums
  /** Writers that may have created a segment. */
  readonly writerIds: readonly string[]
  /** Segments that a writer, even a fenced one, may still use for the object. */
  readonly finalizableIds: readonly string[]
  /** The parts; null for a sequential upload. An upload of parts has no owner, and no claim counts. */
  readonly parts: PartsState | null
}

export const NO_UPLOAD: UploadState = {
  name: null,
  owner: null,
  isContinuable: false,
  isIdle: false,
  isReleased: false,
  segments: [],
  checksums: NO_BYTES,
  writerIds: [],
  finalizableIds: [],
  parts: null,
}

/** Version of the entries of sequential uploads, and of parts, which an older program must not ignore. */
const SEQUENTIAL_VERSION = 1
const PARTS_VERSION = 2

/**
 * Returns one entry as a line with its CRC-32C. A line feed before the line separates it from an entry that a crash has
 * cut off.
 */
export function formatEntry(entry: LogEntry | PartEntry): Buffer {
  const version = 'parts' in entry || isPartEntry(entry) ? PARTS_VERSION : SEQUENTIAL_VERSION
  const json = JSON.stringify({ version, ...entry })
  return Buffer.from(`\n${checksumOf(json)} ${json}\n`)
}

/** Parses a line; null for a line that is empty, cut off or damaged. Throws for a newer format. */
export function parseEntry(line: string): LogEntry | PartEntry | null {
  const json = line.slice(9)
  if (json === '' || line.slice(0, 8) !== checksumOf(json)) return null
  const { version, ...entry } = JSON.parse(json)
  if (version !== SEQUENTIAL_VERSION && version !== PARTS_VERSION)
    throw new Error(`the upload log has the unknown version ${version}`)
  return entry
}

function checksumOf(json: string): string {
  return crc32c(Buffer.from(json)).toString(16).padStart(8, '0')
}

/** Returns the state after one more entry. */
export function applyEntry(state: UploadState, entry: LogEntry): UploadState {
  if ('parts' in entry) return afterPartsBegan(state, entry.parts)
  if (state.parts !== null) return state
  if ('claim' in entry) return afterClaim(state, entry.claim, entry.name, entry.announces === true)
  if ('release' in entry)
    return entry.release === state.owner ? { ...afterRelease(state), isIdle: true } : state
  if ('finalizing' in entry) {
    return entry.finalizing === state.owner ? withFinalizable(state, entry.segment) : state
  }
  if ('dropped' in entry) return entry.dropped === state.owner ? afterDrop(state) : state
  if (entry.progress !== state.owner) return state
  const { segments, released } = entry
  const checksums = checksumsAfter(state.checksums, entry)
  return { ...state, segments, checksums, isIdle: released, isReleased: released }
}

function afterPartsBegan(state: UploadState, name: string): UploadState {
  if (state.parts !== null || state.checksums.offset > 0) return state
  return { ...state, name, owner: null, parts: createPartsState() }
}

function afterClaim(state: UploadState, owner: string, name: string, announces: boolean): UploadState {
  const last = state.segments.at(-1)
  // A later writer may have removed an empty segment, and a power cut may have lost its claim but not the removal.
  // Writers that do not announce continue an empty segment.
  const isContinuable = state.isReleased && last !== undefined && (last.bytes > 0 || !announces)
  const claimed = {
    ...state,
    name,
    owner,
    isContinuable,
    isIdle: false,
    isReleased: false,
    writerIds: isContinuable ? state.writerIds : [...state.writerIds, owner],
  }
  return announces ? claimed : withFinalizable(claimed, isContinuable ? last.writerId : owner)
}

function afterDrop(state: UploadState): UploadState {
  const { owner, segments, finalizableIds } = state
  const kept = new Set([owner, ...finalizableIds, ...segments.map(({ writerId }) => writerId)])
  return { ...state, writerIds: state.writerIds.filter((writerId) => kept.has(writerId)) }
}

function withFinalizable(state: UploadState, segmentId: string): UploadState {
  return { ...state, finalizableIds: [...state.finalizableIds, segmentId] }
}

/** An owner that created a segment, but has no progress in it, does not release the last segment of an older writer. */
function afterRelease(state: UploadState): UploadState {
  const hasLast = state.isContinuable || state.segments.at(-1)?.writerId === state.owner
  return hasLast ? { ...state, isReleased: true } : state
}

/** Returns the ids of all segments that may exist. */
export function segmentIds({ writerIds, parts }: UploadState): string[] {
  return parts === null ? [...writerIds] : [...writerIds, ...parts.fileIds]
}

/**
 * Returns the state after an unreadable line, without an owner. The line may have been a claim that a power cut has
 * destroyed; a later entry of the previous owner must not count then.
 */
export function afterDamage(state: UploadState): UploadState {
  return { ...state, owner: null, isIdle: false }
}

/** Returns the state when the log has been removed: the upload has ended. */
export function afterEnd(state: UploadState): UploadState {
  return { ...state, owner: null, parts: state.parts && { ...state.parts, isClosed: true } }
}

function checksumsAfter(before: Checksums, { segments, keptBlocks, blocks, tail }: Progress): Checksums {
  const offset = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const all = before.blocks.slice(0, keptBlocks).concat(blocks)
  if (all.length !== Math.floor(offset / BLOCK_BYTES)) throw new Error('the upload log has a gap')
  return { offset, blocks: all, tail }
}

/** Returns the entry that changes the checksums in the log from `before` to `after`. */
export function progressEntry(
  writerId: string,
  segments: readonly Segment[],
  before: Checksums,
  after: Checksums,
  released: boolean,
): LogEntry {
  const shared = Math.min(before.blocks.length, after.blocks.length)
  const differs = before.blocks.findIndex((block, index) => index < shared && block !== after.blocks[index])
  const keptBlocks = differs === -1 ? shared : differs
  const { tail } = after
  return { progress: writerId, segments, keptBlocks, blocks: after.blocks.slice(keptBlocks), tail, released }
}
