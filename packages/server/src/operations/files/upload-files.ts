import type { Readable } from 'node:stream'
import { type Caller, keyIdOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { detectContentType } from '../../domain/files/content-type/detect-content-type.ts'
import { detectedType, judgeContent } from '../../domain/files/content-type/judge-content.ts'
import { UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import type { File } from '../../domain/files/file.ts'
import { objectName } from '../../domain/files/object-name.ts'
import { createId } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { base64ToHex, type ChecksumAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { BodyRoom, ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { readRemainingQuota } from '../organizations/read-remaining-quota.ts'
import { checkFreeSpace } from '../uploads/check-free-space.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkChecksum, checkContent } from './check-content.ts'
import { checkDeclaration } from './check-declaration.ts'
import { digestObject } from './digest-object.ts'
import { fileOfObject } from './file-of-object.ts'
import { inspectContent } from './inspect-content.ts'
import type { DirectReservation } from './reserve-uploads.ts'

/** File of a request. Its body must be read before the next file is available. */
export interface IncomingFile {
  readonly filename: string
  /** Declared type; null when the client declared none. */
  readonly contentType: string | null
  readonly body: Readable
}

export interface IncomingFiles {
  readonly files: AsyncIterable<IncomingFile>
  /** CRC-32Cs as the client computed them, in base64, in the order of the files. Known when all files have arrived. */
  checksums(): readonly string[]
  /** Returns the checksums that the parts read so far request. */
  algorithms(): readonly ChecksumAlgorithm[]
  /** Returns the properties of all files. Known when all parts have arrived. Throws VALIDATION_ERROR. */
  properties(): FileProperties
  /** Rules of the protocol for each file. */
  readonly rules: FileRules
  /** Length of the request body; null when it is not declared. */
  readonly bodyBytes: number | null
}

export interface FileProperties extends Pick<File, 'purpose'> {
  /** Time from the upload to the end of the File; null when it has no end. */
  readonly lifetimeMs: number | null
}

export interface FileRules {
  readonly maxFileBytes: number
  /** True when a declared type that the bytes contradict is replaced by the detected one, and not refused. */
  readonly typesAreHints: boolean
  readonly allowsEmptyFiles: boolean
}

type UploadContext = Pick<Context, 'database' | 'storage' | 'reservations' | 'limits' | 'log' | 'now'>

/**
 * Direct upload: streams each file into storage and registers all of them, or none. Makes the same checks as
 * `registerFile`.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, FILE_TYPE_MISMATCH, CHECKSUM_MISMATCH,
 * STORAGE_QUOTA_EXCEEDED, STORAGE_FULL, INVALID_REQUEST for a body that stops early.
 */
export const uploadFiles = defineOperation(
  {
    action: 'uploadFiles',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_, files) => files?.map(({ id }) => id).join(' ') ?? null,
  },
  async (context: UploadContext, caller: Caller, incoming: IncomingFiles): Promise<File[]> => {
    const { organizationId } = caller
    await checkFreeSpace(context, organizationId, incoming.bodyBytes ?? 0)
    const reservation = context.reservations.open(organizationId, incoming.bodyBytes)
    try {
      return await storeAll(context, caller, incoming, reservation)
    } finally {
      // Last, because the bytes of refused files must be removed first.
      await reservation.end()
    }
  },
)

async function storeAll(
  context: UploadContext,
  caller: Caller,
  incoming: IncomingFiles,
  reservation: DirectReservation,
): Promise<File[]> {
  const { organizationId } = caller
  const files: File[] = []
  try {
    for await (const one of incoming.files) {
      const storedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      const wanted = mergeAlgorithms(context.limits.uploadChecksums, incoming.algorithms())
      // Only an early limit. The final check is made when the files are added.
      const quotaBytes =
        (await readRemainingQuota(context, organizationId)) + reservation.recordedBytes() - storedBytes
      const room = {
        quotaBytes,
        isExhausted: reservation.isExhausted,
        ...reservation.roomAfter(storedBytes),
      }
      files.push(await storeFile(context, caller, one, incoming.rules, wanted, room))
    }
    if (files.length === 0) throw invalid('file', 'send at least one part named file or files')
    checkChecksums(files, incoming.checksums())
    for (const [index, file] of files.entries()) {
      const described = withProperties(file, incoming.properties())
      files[index] = await addDigests(context, described, incoming.algorithms())
    }
  } catch (error) {
    await removeAll(context, files)
    throw error
  }
  // When this throws, the files may have been added or not. A sweep removes objects that have no File.
  if (await context.database.files.add(organizationId, files, reservation.id())) return files
  await removeAll(context, files)
  throw quotaExceeded()
}

function withProperties(file: File, { purpose, lifetimeMs }: FileProperties): File {
  return { ...file, purpose, expiresAtMs: lifetimeMs === null ? null : file.uploadedAtMs + lifetimeMs }
}

interface FileRoom extends BodyRoom {
  readonly quotaBytes: number
  isExhausted(): boolean
}

async function storeFile(
  context: UploadContext,
  caller: Caller,
  incoming: IncomingFile,
  rules: FileRules,
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
  const maxBytes = Math.max(0, Math.min(maxFileBytes, room.quotaBytes))
  const written = await storage.write({ name, contentType, checksums }, body, maxBytes, room)
  if (written.kind === 'interrupted') throw new ServiceError('INVALID_REQUEST', 'the body is incomplete')
  if (written.kind === 'too-long' && (maxBytes < maxFileBytes || room.isExhausted())) throw quotaExceeded()
  if (written.kind === 'too-long') {
    const rule = `a file of one request may have at most ${maxFileBytes} bytes: use a resumable upload for larger ones`
    throw new ServiceError('FILE_TOO_LARGE', rule, { max_file_size: maxFileBytes })
  }
  const file = fileOfObject(written.object, {
    id,
    organizationId,
    filename,
    contentType,
    detectedContentType: null,
    uploadedByApiKeyId: keyIdOf(caller),
    uploadedAtMs: now(),
    purpose: null,
    expiresAtMs: null,
  })
  try {
    if (file.sizeBytes === 0 && !rules.allowsEmptyFiles)
      throw invalidValue('file', 'empty_file', 'must not be empty')
    const declared = isDeclared ? contentType : null
    return { ...file, ...(await settleType(context, written.object, file, { declared, typesAreHints })) }
  } catch (error) {
    await removeAll(context, [file])
    throw error
  }
}

/**
 * Returns the declared type, or the detected one when none was declared. When the bytes contradict the declared type, it
 * throws, or returns the detected one when types are hints.
 */
async function settleType(
  { storage, limits }: Pick<Context, 'storage' | 'limits'>,
  object: ObjectMetadata,
  { filename }: Pick<File, 'filename'>,
  { declared, typesAreHints }: { readonly declared: string | null; readonly typesAreHints: boolean },
): Promise<Pick<File, 'contentType' | 'detectedContentType'>> {
  if (declared === null || typesAreHints) {
    const evidence = await inspectContent(storage, object)
    const isUsable = declared !== null && judgeContent(declared, evidence) !== 'contradicted'
    const contentType = isUsable ? declared : detectContentType(filename, evidence)
    checkAllowed(limits, contentType)
    const detectedContentType = isUsable ? detectedType(declared, evidence) : evidence.detected
    return { contentType, detectedContentType }
  }
  // An empty file is compatible with every type.
  const detectedContentType = object.sizeBytes === 0 ? null : await checkContent(storage, object, declared)
  return { contentType: declared, detectedContentType }
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
  { storage, log }: Pick<Context, 'storage' | 'log'>,
  files: readonly File[],
): Promise<void> {
  for (const { objectName, generation, id } of files) {
    try {
      await storage.remove(objectName, generation)
    } catch (error) {
      log.warn({ err: error, file_id: id }, 'the bytes of a refused upload could not be removed')
    }
  }
}
