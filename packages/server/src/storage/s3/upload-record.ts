import { createHash, randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { ServiceError } from '../../domain/errors.ts'
import { type Checksums, NO_BYTES } from '../block-checksums.ts'
import type { UploadSpec } from '../stored-object.ts'
import { blocksFromBase64, blocksToBase64 } from './object-facts.ts'
import { type PartUpload, parsePartUpload, STORED_PART_UPLOAD, serializePartUpload } from './part-upload.ts'
import { INTERNAL_FOLDER, type S3 } from './s3.ts'
import type { S3Part } from './s3-multipart.ts'

/** Range of an object that holds bytes of an unfinished upload. Its key is never used for other bytes. */
export interface Piece {
  readonly key: string
  readonly start: number
  readonly bytes: number
}

/** Durable bytes of an unfinished upload: those of the parts, and then those of the pieces. */
export interface UploadLayout {
  /** Id of the multipart upload; null before its first part. */
  readonly uploadId: string | null
  /** Generation of the object of the multipart upload; null before its first part. */
  readonly generation: { readonly generation: string; readonly createdAtMs: number } | null
  readonly parts: readonly S3Part[]
  readonly pieces: readonly Piece[]
  /** Checksums of all bytes; `offset` is their number. */
  readonly checksums: Checksums
  /** Smallest number that no part has used. */
  readonly nextNumber: number
}

/** Record of an unfinished upload, which is the only authority on its bytes and its writer. */
export interface UploadRecord extends UploadLayout {
  readonly name: string
  readonly contentType: string
  /** Size of all parts but the last. */
  readonly partBytes: number
  /** Size of an upload whose parts clients send to S3 directly; null when they come through this service. */
  readonly directBytes: number | null
  /** Parts of an upload of parts; null for other uploads. */
  readonly partUpload: PartUpload | null
  /** The only writer that may replace the record; null when none is active. */
  readonly writerId: string | null
  /** True when all bytes have arrived and become an object now, or when this process was stopped meanwhile. */
  readonly isSealed: boolean
  readonly modifiedAtMs: number
}

/** Record with the entity tag of its object. */
export interface StoredRecord {
  readonly record: UploadRecord
  readonly etag: string
}

export interface UploadRecords {
  load(name: string): Promise<StoredRecord | null>
  /** Loads a record by its key, for the inventory. */
  loadKey(key: string): Promise<UploadRecord | null>
  /** Replaces the version with this entity tag; null creates the record. Throws UPLOAD_FENCED when it is another one. */
  save(record: UploadRecord, etag: string | null): Promise<StoredRecord>
  /** Removes the record, and with it the right of all its writers. */
  remove(name: string): Promise<void>
}

const UPLOADS_FOLDER = `${INTERNAL_FOLDER}uploads/`
const RECORD_KEY = /^\.waybill\/uploads\/[0-9a-f]{64}\/record$/
const PIECE_KEY =
  /^(\.waybill\/uploads\/[0-9a-f]{64}\/)(?:piece-[0-9a-f]{16}|part-([0-9a-f]{16})-[0-9a-f]{16})-\d+$/

const Stored = v.object({
  name: v.string(),
  contentType: v.string(),
  partBytes: v.number(),
  directBytes: v.nullish(v.number(), null),
  partUpload: v.nullish(STORED_PART_UPLOAD, null),
  writerId: v.nullable(v.string()),
  isSealed: v.boolean(),
  modifiedAtMs: v.number(),
  uploadId: v.nullable(v.string()),
  generation: v.nullable(v.object({ generation: v.string(), createdAtMs: v.number() })),
  parts: v.array(v.tuple([v.number(), v.string()])),
  pieces: v.array(v.object({ key: v.string(), start: v.number(), bytes: v.number() })),
  checksums: v.object({ offset: v.number(), blocks: v.string(), tail: v.number() }),
  nextNumber: v.number(),
})

export function uploadsFolder(): string {
  return UPLOADS_FOLDER
}

export function isRecordKey(key: string): boolean {
  return RECORD_KEY.test(key)
}

export interface PieceOwner {
  readonly recordKey: string
  /** Id of the upload of parts; null for a piece of a sequential upload. */
  readonly partUploadId: string | null
}

/** Returns the upload of a piece; null when this is no key of a piece. */
export function ownerOfPiece(key: string): PieceOwner | null {
  const [, folder, partUploadId = null] = PIECE_KEY.exec(key) ?? []
  return folder === undefined ? null : { recordKey: `${folder}record`, partUploadId }
}

export function pieceKey(name: string, writerId: string, number: number): string {
  return `${folderOf(name)}piece-${writerId}-${number}`
}

/** Returns the prefix of all pieces of an upload of parts. */
export function partPieces(name: string, partUploadId: string): string {
  return `${folderOf(name)}part-${partUploadId}-`
}

/** Returns the key of the piece of a part with this index. */
export function partPieceKey(name: string, partUploadId: string, version: string, index: number): string {
  return `${partPieces(name, partUploadId)}${version}-${index}`
}

export function createWriterId(): string {
  return randomBytes(8).toString('hex')
}

export function fenced(): ServiceError {
  return new ServiceError('UPLOAD_FENCED', 'a newer request has taken this upload over')
}

/** Returns the record of an upload without bytes. */
export function newRecord({ partBytes }: S3, { name, contentType }: UploadSpec): UploadRecord {
  return {
    name,
    contentType,
    partBytes,
    directBytes: null,
    partUpload: null,
    writerId: null,
    isSealed: false,
    uploadId: null,
    generation: null,
    parts: [],
    pieces: [],
    checksums: NO_BYTES,
    nextNumber: 1,
    modifiedAtMs: Date.now(),
  }
}

/** Creates access to the records of unfinished uploads. */
export function createUploadRecords({ bucket, features }: Pick<S3, 'bucket' | 'features'>): UploadRecords {
  const load = async (key: string): Promise<StoredRecord | null> => {
    const stored = await bucket.get(key)
    return stored && { record: parse(stored.bytes), etag: stored.etag }
  }
  return {
    load: (name) => load(recordKey(name)),
    loadKey: async (key) => (await load(key))?.record ?? null,
    save: async (record, etag) => {
      const { ifMatch } = await features()
      const condition =
        etag === null ? { ifNoneMatch: true as const } : { ifMatch: ifMatch === 'bare' ? etag : `"${etag}"` }
      const options = {
        contentType: 'application/json',
        ...((etag === null || ifMatch !== null) && { condition }),
      }
      const saved = await bucket.put(recordKey(record.name), serialize(record), options)
      if (saved === null) throw fenced()
      return { record, etag: saved }
    },
    remove: (name) => bucket.remove(recordKey(name)),
  }
}

/** The hash keeps the key short, since a name can take all bytes of a key. */
function folderOf(name: string): string {
  return `${UPLOADS_FOLDER}${createHash('sha256').update(name).digest('hex')}/`
}

function recordKey(name: string): string {
  return `${folderOf(name)}record`
}

function serialize({ checksums, parts, partUpload, ...record }: UploadRecord): Buffer {
  const stored: v.InferOutput<typeof Stored> & { readonly nonce: string } = {
    ...record,
    pieces: [...record.pieces],
    checksums: { ...checksums, blocks: blocksToBase64(checksums.blocks) },
    parts: parts.map(({ number, etag }) => [number, etag]),
    partUpload: partUpload && serializePartUpload(partUpload),
    // Two versions never have the same entity tag.
    nonce: randomBytes(8).toString('hex'),
  }
  return Buffer.from(JSON.stringify(stored))
}

function parse(bytes: Buffer): UploadRecord {
  const { checksums, parts, partUpload, ...record } = v.parse(Stored, JSON.parse(bytes.toString()))
  return {
    ...record,
    checksums: { ...checksums, blocks: blocksFromBase64(checksums.blocks) },
    parts: parts.map(([number, etag]) => ({ number, etag })),
    partUpload: partUpload && parsePartUpload(partUpload),
  }
}
