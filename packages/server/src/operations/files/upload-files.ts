import type { Readable } from 'node:stream'
import { type Caller, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { base64ToHex, type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { BodyRoom } from '../../storage/stored-object.ts'
import { type CheckAdmission, holdAdmission } from '../access/hold-admission.ts'
import type { Context } from '../context.ts'
import { defineOperation, type TakeEvent } from '../define-operation.ts'
import { readRemainingQuota } from '../organizations/read-remaining-quota.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkChecksum } from './check-content.ts'
import { checkDeclaration } from './check-declaration.ts'
import { checkFolder } from './check-folder.ts'
import { checkReceived, directChecksums, removeUnseen, soonWithinQuota } from './check-scan.ts'
import { digestObject } from './digest-object.ts'
import { fileOfObject } from './file-of-object.ts'
import type { DirectReservation } from './reserve-uploads.ts'
import { settleType } from './settle-type.ts'
import { shareReceived } from './share-received.ts'

/** File of a request. Its body must be read before the next file is available. */
export interface IncomingFile {
  readonly filename: string
  /** Folder; absent for the root. */
  readonly path?: string
  /** Declared type; null when the client declared none. */
  readonly contentType: string | null
  readonly body: Readable
}

export interface IncomingFiles {
  readonly files: AsyncIterable<IncomingFile>
  /** CRC-32Cs as the client computed them, in base64, in the order of the files. Known when all files have arrived. */
  checksums(): readonly string[]
  /**
   * SHA-256s as the client computed them, in base64, in the order of the files. Known when all files have arrived.
   * Content that the organization had stored before is stored once.
   */
  sha256s(): readonly string[]
  /** Returns the checksums that the parts read so far request. */
  algorithms(): readonly ChecksumAlgorithm[]
  /** Returns the properties of all files. Known when all parts have arrived. Throws VALIDATION_ERROR. */
  properties(): FileProperties
  /** Rules of the protocol for each file. */
  readonly rules: FileRules
  /** Length of the request body; null when it is not declared. */
  readonly bodyBytes: number | null
}

export interface FileProperties extends Pick<File, 'purpose'>, Partial<Pick<File, 'path' | 'metadata'>> {
  /** Time from the upload to the end of the File; null when it has no end. */
  readonly lifetimeMs: number | null
}

export interface FileRules {
  readonly maxFileBytes: number
  /** True when a declared type that the bytes contradict is replaced by the detected one, and not refused. */
  readonly typesAreHints: boolean
  readonly allowsEmptyFiles: boolean
}

type UploadContext = Pick<
  Context,
  'database' | 'storage' | 'contents' | 'checkFreeSpace' | 'reservations' | 'limits' | 'scans' | 'log' | 'now'
>

/**
 * Direct upload: streams each file into storage and registers all of them, or none. Makes the same checks as
 * `registerFile`.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, FILE_TYPE_MISMATCH, CHECKSUM_MISMATCH,
 * FILE_REJECTED, STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, INVALID_REQUEST for a body that stops early, SERVICE_UNAVAILABLE
 * while a file is scanned: nothing of the request is kept then but the verdict. Throws the errors of `CheckAdmission` for a
 * caller that lost its rights meanwhile.
 */
export const uploadFiles = defineOperation(
  {
    action: 'uploadFiles',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, files) => files && idsOf(files),
  },
  async (
    context: UploadContext,
    caller: Caller,
    incoming: IncomingFiles,
    takeEvent: TakeEvent,
  ): Promise<File[]> => {
    const { organizationId } = caller
    const checkAdmission = holdAdmission(context, caller, 'files:write')
    await context.checkFreeSpace(organizationId, incoming.bodyBytes ?? 0)
    const reservation = context.reservations.open(organizationId, incoming.bodyBytes)
    try {
      return await storeAll(context, caller, incoming, { reservation, takeEvent, checkAdmission })
    } catch (error) {
      throw soonWithinQuota(error, reservation)
    } finally {
      // Last, because the bytes of refused files must be removed first.
      await reservation.end()
    }
  },
)

interface Storing {
  readonly reservation: DirectReservation
  readonly takeEvent: TakeEvent
  readonly checkAdmission: CheckAdmission
}

async function storeAll(
  context: UploadContext,
  caller: Caller,
  incoming: IncomingFiles,
  { reservation, takeEvent, checkAdmission }: Storing,
): Promise<File[]> {
  const { organizationId } = caller
  const files: File[] = []
  try {
    for await (const one of incoming.files) {
      const storedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      const wanted = mergeAlgorithms(directChecksums(context), incoming.algorithms())
      // Only an early limit. The final check is made when the files are added.
      const quotaBytes =
        (await readRemainingQuota(context, organizationId)) + reservation.recordedBytes() - storedBytes
      const room = {
        quotaBytes,
        isExhausted: reservation.isExhausted,
        ...reservation.roomAfter(storedBytes),
      }
      files.push(await storeFile(context, caller, one, incoming, wanted, room))
    }
    if (files.length === 0) throw invalid('file', 'send at least one part named file or files')
    checkChecksums(files, incoming.checksums())
    for (const [index, file] of files.entries()) {
      const described = withProperties(file, incoming.properties())
      files[index] = await addDigests(context, described, incoming.algorithms())
    }
    checkSha256s(files, incoming.sha256s())
    if (incoming.sha256s().length > 0) await shareAll(context, files)
    if (context.scans !== null) await checkReceived(context, context.scans, files)
    await checkAdmission()
  } catch (error) {
    await removeAll(context, files, reservation)
    throw error
  }
  // When this throws, the files may have been added or not. A sweep removes objects that have no File.
  const event = takeEvent(idsOf(files))
  if (await context.database.files.add(organizationId, files, reservation.id(), event)) return files
  await removeAll(context, files, reservation)
  throw quotaExceeded()
}

/** Returns the target of the audit event. */
function idsOf(files: readonly File[]): string {
  return files.map(({ id }) => id).join(' ')
}

function withProperties(file: File, { lifetimeMs, ...properties }: FileProperties): File {
  checkFolder(properties.path ?? file.path, file.filename)
  return { ...file, ...properties, expiresAtMs: lifetimeMs === null ? null : file.uploadedAtMs + lifetimeMs }
}

interface FileRoom extends BodyRoom {
  readonly quotaBytes: number
  isExhausted(): boolean
}

async function storeFile(
  context: UploadContext,
  caller: Caller,
  incoming: IncomingFile,
  { rules, bodyBytes }: Pick<IncomingFiles, 'rules' | 'bodyBytes'>,
  checksums: readonly ChecksumAlgorithm[],
  room: FileRoom,
): Promise<File> {
  const { limits, storage, now } = context
  const { organizationId } = caller
  const { maxFileBytes, typesAreHints } = rules
  const isDeclared = incoming.contentType !== null
  const declaration = { ...incoming, contentType: incoming.contentType ?? UNKNOWN_CONTENT }
  const { filename, contentType, body } = checkDeclaration(declaration)
  if (isDeclared && !typesAreHints) checkAllowed(limits, contentType)
  const id = createId('file')
  const name = objectName(organizationId, id, filename)
  // A file is never longer than the body; storage needs fewer steps for a small one.
  const longestBytes = Math.min(maxFileBytes, bodyBytes ?? maxFileBytes)
  const maxBytes = Math.max(0, Math.min(longestBytes, room.quotaBytes))
  const written = await storage.write({ name, contentType, checksums }, body, maxBytes, room)
  if (written.kind === 'interrupted') throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
  if (written.kind === 'too-long' && (room.quotaBytes < maxFileBytes || room.isExhausted()))
    throw quotaExceeded()
  if (written.kind === 'too-long') {
    const rule = `a file of one request may have at most ${maxFileBytes} bytes: use a resumable upload for larger ones`
    throw new ServiceError('FILE_TOO_LARGE', rule, { max_file_size: maxFileBytes })
  }
  const file = fileOfObject(written.object, {
    id,
    organizationId,
    filename,
    path: incoming.path ?? '',
    metadata: {},
    contentType,
    detectedContentType: null,
    uploadedByApiKeyId: keyIdOf(caller),
    uploadedBy: userIdOf(caller),
    uploadedAtMs: now(),
    purpose: null,
    expiresAtMs: null,
    sharesBytesOf: null,
  })
  try {
    if (file.sizeBytes === 0 && !rules.allowsEmptyFiles)
      throw invalidValue('file', 'empty_file', 'must not be empty')
    const declared = isDeclared ? contentType : null
    const { object, content } = written
    return { ...file, ...(await settleType(context, object, file, { declared, typesAreHints, content })) }
  } catch (error) {
    await removeAll(context, [file], null)
    throw error
  }
}

/** Computes the checksums that the request named only after the file; this reads the file again. */
async function addDigests(
  { storage }: Pick<Context, 'storage'>,
  file: File,
  algorithms: readonly ChecksumAlgorithm[],
): Promise<File> {
  const missing = algorithms.filter((algorithm) => file[algorithm] === null)
  if (missing.length === 0) return file
  const { objectName: name, generation } = file
  const { md5, sha256 } = await digestObject(storage, { name, generation }, missing)
  return { ...file, md5: file.md5 ?? base64ToHex(md5), sha256: file.sha256 ?? base64ToHex(sha256) }
}

function checkChecksums(files: readonly File[], checksums: readonly string[]): void {
  if (checksums.length === 0) return
  if (checksums.length !== files.length) throw invalid('crc32c', 'send one crc32c for each file, or none')
  files.forEach((file, index) => {
    checkChecksum(file, checksums[index] ?? null)
  })
}

function checkSha256s(files: readonly File[], sha256s: readonly string[]): void {
  if (sha256s.length === 0) return
  if (sha256s.length !== files.length) throw invalid('sha256', 'send one sha256 for each file, or none')
  for (const [index, { sha256 }] of files.entries()) {
    const provided = base64ToHex(sha256s[index] ?? null)
    if (provided === sha256) continue
    const details = { provided, calculated: sha256 }
    throw new ServiceError('CHECKSUM_MISMATCH', 'sha256 does not match the uploaded bytes', details)
  }
}

/** Replaces Files, one after the other, by those with bytes that the organization had stored before. */
async function shareAll(context: UploadContext, files: File[]): Promise<void> {
  for (const [index, received] of files.entries()) {
    const shared = await shareReceived(context, received)
    if (shared === null) continue
    files[index] = shared
    await removeAll(context, [received], null)
  }
}

function quotaExceeded(): ServiceError {
  return new ServiceError(
    'STORAGE_QUOTA_EXCEEDED',
    'the files exceed the remaining quota of the organization',
  )
}

function invalid(field: string, message: string): ServiceError {
  return new ServiceError('VALIDATION_ERROR', message, { field, value: null })
}

/** Removes the objects of a refused request. A sweep later removes objects that remain, because they have no File. */
async function removeAll(
  { storage, scans, log }: Pick<Context, 'storage' | 'scans' | 'log'>,
  files: readonly File[],
  reservation: DirectReservation | null,
): Promise<void> {
  for (const file of files) {
    const { objectName, generation, id } = file
    await removeUnseen(scans, file, reservation, async () => {
      await storage
        .remove(objectName, generation)
        .catch((err: unknown) =>
          log.warn({ err, file_id: id }, 'the bytes of a refused upload could not be removed'),
        )
    })
  }
}
