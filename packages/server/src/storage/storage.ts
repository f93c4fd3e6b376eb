import type { Readable } from 'node:stream'
import type { ChecksumAlgorithm, ObjectChecksums } from '../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../domain/uploads/upload-session.ts'

/** What an object is to become, known before its first byte. */
export interface UploadSpec {
  readonly name: string
  readonly contentType: string
  /** Checksums to compute during the upload in addition to the CRC-32C; absent for none. */
  readonly checksums?: readonly ChecksumAlgorithm[]
}

/** Metadata of an object. `md5` and `sha256` are known when requested, announced or provided by the storage. */
export interface ObjectMetadata extends ObjectChecksums {
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  /** Base64 of the big-endian CRC-32C of the stored bytes. */
  readonly crc32c: string
  /** Names this version of the object; a decimal number that grows with time. */
  readonly generation: string
  readonly createdAtMs: number
}

/** Byte positions, both inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Whole objects by name. An unfinished upload is no object: nothing here shows it. A `generation` names one version of an
 * object, and every other is as none: where somebody else could write too, a name alone does not say which bytes are
 * meant. Where only this service writes, a name has one version, and is not asked for another.
 * Every method throws STORAGE_FULL when there is no space, OBJECT_DAMAGED when what it reads is not what was written, and
 * STORAGE_UNAVAILABLE on any other fault.
 */
export interface ObjectStorage {
  readonly kind: 'disk' | 'memory' | 'gcs'
  readonly uploads: HostedUploads | DelegatedUploads
  /** Null where downloads come through this service. */
  readonly downloads: DelegatedDownloads | null
  /** What is stored under the name, or null. */
  stat(name: string): Promise<ObjectMetadata | null>
  /**
   * The object's bytes, or a range within it. The stream fails with OBJECT_DAMAGED rather than deliver bytes that are
   * not the ones stored. Throws STORAGE_UNAVAILABLE when there is no such object.
   */
  read(name: string, range?: ByteRange, generation?: string): Promise<Readable>
  /**
   * Stores the body, of at most `maxBytes`, under a name that no object has: whole and durable, or not at all. Takes
   * its buffers over, as `append` does.
   */
  write(spec: UploadSpec, body: Readable, maxBytes: number, room?: BodyRoom): Promise<Written>
  /** Removes the object; again is no error. Reads that are under way may still end well. */
  remove(name: string, generation?: string): Promise<void>
  readonly holdings: Holdings
  /** Returns the bytes that can be stored now, without the space for records and deletes; null when unknown. */
  roomBytes(): Promise<number | null>
  /** Resolves when the storage answers and holds what it held when it was opened. */
  check(): Promise<void>
  /** Interrupts the uploads that are under way, waits until their bytes are durable, and lets go of everything. */
  close(): Promise<void>
}

/**
 * Everything that storage holds, needed or not, for whoever looks for leftovers. It is looked through in sections, so
 * that a look can stop between two of them and go on later.
 */
export interface Holdings {
  /** At least one. A holding lies in one of them, always in the same. */
  readonly sections: number
  /**
   * What a section, counted from 0, holds, as a stream. What is there all the while is in it; what comes or goes
   * meanwhile may be. An upload that a writer of this process has is in use, and left out.
   */
  list(section: number): AsyncIterable<Holding>
  /** Removes a stray, unless it is none any more; whether it did. */
  removeStray(id: string): Promise<boolean>
  /** The installation that everything here belongs to: the one that stands, or `candidate` where none did. */
  owner(candidate: string): Promise<string>
  /** Returns the installation that owns the storage; null when there is none. Read-only. */
  knownOwner(): Promise<string | null>
}

export type Holding =
  /** A whole object. */
  | { readonly kind: 'object'; readonly name: string; readonly modifiedAtMs: number }
  /** An unfinished upload that a writer can go on with. */
  | { readonly kind: 'upload'; readonly name: string; readonly modifiedAtMs: number }
  /**
   * What a crash has left and nothing can use. `name` is the whole object that it lies beside; null where nothing
   * says what it belongs to, which may have begun a moment ago.
   */
  | {
      readonly kind: 'stray'
      readonly id: string
      readonly name: string | null
      readonly modifiedAtMs: number
    }
  /** An object of a name that this service never gives: somebody else's. */
  | { readonly kind: 'foreign'; readonly name: string }
  /** What cannot be read, so that nobody can say what it is. */
  | { readonly kind: 'unreadable'; readonly id: string; readonly problem: string }

/** A storage that keeps what an upload has sent so far itself. */
export interface HostedStorage extends ObjectStorage {
  readonly uploads: HostedUploads
}

/** A storage of a provider that clients send to, and download from, themselves. */
export interface DelegatedStorage extends ObjectStorage {
  readonly uploads: DelegatedUploads
  readonly downloads: DelegatedDownloads
}

/** Uploads whose bytes come through this service. An upload is known by the name of the object it makes. */
export interface HostedUploads {
  readonly mode: 'hosted'
  /**
   * How many bytes of the unfinished upload would survive a power cut now; 0 for one without any. Bytes that a
   * body's end has left on their way to the disk are waited for.
   */
  offset(name: string): Promise<number>
  /**
   * Makes the caller the upload's only writer. An older writer in this process keeps what it has received and
   * its body is closed; one in another process can no longer add to the upload, wherever it stands.
   * Null when the object is already whole. Throws UPLOAD_FENCED when a newer writer came in between. How many bytes
   * the writer expects to append, or null, is a hint: what is small may be stored in fewer steps.
   */
  claim(spec: UploadSpec, expectedBytes: number | null): Promise<UploadWriter | null>
  /** Removes the unfinished upload and all its bytes; again is no error. */
  cancel(name: string): Promise<void>
}

/** Uploads whose bytes go straight to the provider, which speaks the protocol. */
export interface DelegatedUploads {
  readonly mode: 'delegated'
  /**
   * Opens a session at the provider. It makes one object of the name, of this size and type, unless there is one by
   * then. Throws VALIDATION_ERROR where the provider takes no such name.
   */
  create(spec: UploadSpec, terms: SessionTerms): Promise<DelegatedSession>
  /** How many bytes the provider has of the unfinished upload; null where it does not say. */
  received(handle: string): Promise<number | null>
  /** Ends the session, so that nothing can be sent to it any more; again is no error. A whole object stays. */
  cancel(handle: string): Promise<void>
}

export interface SessionTerms {
  readonly sizeBytes: number
  /** Of the page that is going to send the bytes; null where no browser does. */
  readonly origin: string | null
}

export interface DelegatedSession {
  /** The credential: whoever has it may send this upload's bytes. */
  readonly sessionUri: string
  /** By what this storage, in any process, knows the session again. It is worth nothing to anybody else. */
  readonly handle: string
}

/** Downloads that come straight from the provider. */
export interface DelegatedDownloads {
  /** A URL that is its own credential, for the bytes of one version until a time. */
  url(object: Pick<ObjectMetadata, 'name' | 'generation'>, terms: DownloadTerms): Promise<string>
}

export interface DownloadTerms {
  readonly expiresAtSeconds: number
  /** What the answer says of the bytes, as in HTTP. */
  readonly contentType: string
  readonly contentDisposition: string
}

/**
 * The right to append to one upload. It ends with the first of `commit`, `finalize` and `release`. The first two
 * throw UPLOAD_FENCED where a writer of another process took over, and so may `append`.
 */
export interface UploadWriter {
  /** Durable bytes at the time of the claim: the position of the first byte to append. */
  readonly startOffset: number
  /**
   * Takes the body's bytes after the first `skipBytes`, at most `maxBytes` of them. From time to time what has
   * been taken becomes durable on the way, so that a crash costs little. The body's buffers are taken over: each
   * one's memory is given back once it is stored.
   */
  append(body: Readable, limits: AppendLimits): Promise<Appended>
  /** Keeps the upload's first `offset` bytes, durable when this resolves, and drops what lies past them. */
  commit(offset: number): Promise<void>
  /** Makes the object of all the bytes taken: checked, then visible at once, whole and durable. */
  finalize(expected: AnnouncedHashes): Promise<Finalized>
  /** Ends the writer without keeping anything new. Safe to call at any time; never throws. */
  release(): Promise<void>
}

export interface AppendLimits {
  readonly skipBytes: number
  readonly maxBytes: number
  /** Absent when all of `maxBytes` fit. */
  readonly room?: BodyRoom
}

/** Room for a body, which can grow during the upload. */
export interface BodyRoom {
  /** Returns the current room in bytes, from the start of the body. */
  bytes(): number
  /** Enlarges the room; returns false when it cannot grow: a body that needs more is then too long. */
  grow(): Promise<boolean>
}

export interface Appended {
  /** The bytes of the body that arrived, those skipped included. */
  readonly bodyBytes: number
  /** The upload's bytes with this body: where a `commit` of everything would end. */
  readonly offset: number
  readonly ended: BodyEnd
}

/** `complete`: to its own end. `interrupted`: it stopped early. `taken-over`: a newer writer of this process
 * claimed the upload. `too-long`: it held more than the limits allow. */
export type BodyEnd = 'complete' | 'interrupted' | 'taken-over' | 'too-long'

export type Written =
  | { readonly kind: 'object'; readonly object: ObjectMetadata }
  | { readonly kind: 'too-long' }
  /** The body stopped early. */
  | { readonly kind: 'interrupted' }

export type Finalized =
  | { readonly kind: 'object'; readonly object: ObjectMetadata }
  | {
      readonly kind: 'mismatch'
      readonly algorithm: 'crc32c' | 'md5'
      readonly expected: string
      readonly actual: string
    }
