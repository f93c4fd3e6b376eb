import { crc32c } from '../../platform/crc32c.ts'
import { BLOCK_BYTES, type Checksums } from '../block-checksums.ts'

/**
 * The log is the upload: a file that is only appended to, whose order decides everything. A writer claims the
 * upload with an entry; what a writer says counts only while it is the newest to have claimed. Two
 * processes therefore agree on who may add what, and a fenced one cannot take anything back.
 */
export type LogEntry =
  /**
   * `name` is the object's name, which the path does not contain. A writer that `announces` appends `finalizing` before
   * it creates the object; writers of older versions do not.
   */
  | { readonly claim: string; readonly name: string; readonly announces?: true }
  /** Written after the bytes that it speaks of are durable. */
  | ({ readonly progress: string; readonly released: boolean } & Progress)
  /** The writer's last act without progress: it will not write to its segment again. */
  | { readonly release: string }
  /** The writer is about to create the object; `segment` is the id of its last segment. */
  | { readonly finalizing: string; readonly segment: string }
  /** The writer has removed the segments of earlier writers that no entry counts. */
  | { readonly dropped: string }

interface Progress {
  readonly segments: readonly Segment[]
  /** How many of the blocks known before still stand. */
  readonly keptBlocks: number
  /** Checksums of the whole blocks after those. */
  readonly blocks: readonly number[]
  readonly tail: number
}

/** The first `bytes` bytes of what one writer's file holds. */
export interface Segment {
  readonly writerId: string
  readonly bytes: number
}

export interface UploadState {
  /** Of the object that it makes; null until somebody has claimed. */
  readonly name: string | null
  /** The newest writer that claimed, or null. */
  readonly owner: string | null
  /** Whether the owner writes on in the last segment, since nobody else could any more. */
  readonly isContinuable: boolean
  /** Whether nobody can write to the last segment any more: whoever did so has let go. */
  readonly isReleased: boolean
  readonly segments: readonly Segment[]
  readonly checksums: Checksums
  /** Every writer that may have begun a segment of its own. */
  readonly writerIds: readonly string[]
  /** Segments that a writer, even a fenced one, may still use for the object. */
  readonly finalizableIds: readonly string[]
}

export const NO_UPLOAD: UploadState = {
  name: null,
  owner: null,
  isContinuable: false,
  isReleased: false,
  segments: [],
  checksums: { offset: 0, blocks: [], tail: 0 },
  writerIds: [],
  finalizableIds: [],
}

const FORMAT_VERSION = 1

/**
 * One entry as text: a line with its own CRC-32C. It begins with a line feed too, so that the rest of an entry
 * torn by a crash cannot swallow the next one.
 */
export function formatEntry(entry: LogEntry): Buffer {
  const json = JSON.stringify({ version: FORMAT_VERSION, ...entry })
  return Buffer.from(`\n${checksumOf(json)} ${json}\n`)
}

/** The entry in one line, or null for a line that is empty, torn or damaged. Throws on a newer format. */
export function parseEntry(line: string): LogEntry | null {
  const json = line.slice(9)
  if (json === '' || line.slice(0, 8) !== checksumOf(json)) return null
  const { version, ...entry } = JSON.parse(json)
  if (version !== FORMAT_VERSION) throw new Error(`upload log of version ${version}`)
  return entry
}

function checksumOf(json: string): string {
  return crc32c(Buffer.from(json)).toString(16).padStart(8, '0')
}

/** The state after one more entry. */
export function applyEntry(state: UploadState, entry: LogEntry): UploadState {
  if ('claim' in entry) return afterClaim(state, entry.claim, entry.name, entry.announces === true)
  if ('release' in entry) return entry.release === state.owner ? afterRelease(state) : state
  if ('finalizing' in entry) {
    return entry.finalizing === state.owner ? withFinalizable(state, entry.segment) : state
  }
  if ('dropped' in entry) return entry.dropped === state.owner ? afterDrop(state) : state
  if (entry.progress !== state.owner) return state
  const { segments, released } = entry
  return { ...state, segments, checksums: checksumsAfter(state.checksums, entry), isReleased: released }
}

function afterClaim(state: UploadState, owner: string, name: string, announces: boolean): UploadState {
  const last = state.segments.at(-1)
  const isContinuable = state.isReleased && last !== undefined
  const claimed = {
    ...state,
    name,
    owner,
    isContinuable,
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

/** An owner without progress in a segment of its own lets go of that: the last one is still in older hands. */
function afterRelease(state: UploadState): UploadState {
  const hasLast = state.isContinuable || state.segments.at(-1)?.writerId === state.owner
  return hasLast ? { ...state, isReleased: true } : state
}

/**
 * The state after a line that cannot be read. It may have been a claim that a power cut took while it kept a later entry
 * of the writer before: whoever had the upload has it no more.
 */
export function afterDamage(state: UploadState): UploadState {
  return { ...state, owner: null }
}

function checksumsAfter(before: Checksums, { segments, keptBlocks, blocks, tail }: Progress): Checksums {
  const offset = segments.reduce((sum, segment) => sum + segment.bytes, 0)
  const all = before.blocks.slice(0, keptBlocks).concat(blocks)
  if (all.length !== Math.floor(offset / BLOCK_BYTES)) throw new Error('upload log with a gap')
  return { offset, blocks: all, tail }
}

/** The entry that says how the upload stands at `after`, given that the log knows `before`. */
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
