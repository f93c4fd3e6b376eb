import type { Readable } from 'node:stream'
import { ServiceError } from '../domain/errors.ts'
import type { File } from '../domain/file.ts'
import { createId } from '../domain/ids.ts'
import { objectName } from '../domain/object-name.ts'
import type { BodyRoom } from '../storage/storage.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkChecksum, checkContent } from './check-content.ts'
import { checkDeclaration } from './check-declaration.ts'
import { checkRoom } from './check-room.ts'
import type { Context } from './context.ts'
import { fileOfObject } from './file-of-object.ts'
import { findRoom } from './find-room.ts'
import type { DirectReservation } from './reserve-uploads.ts'

/** A file on its way; its body must be read before the next one comes. */
export interface IncomingFile {
  readonly filename: string
  readonly contentType: string
  readonly body: Readable
}

export interface IncomingFiles {
  readonly files: AsyncIterable<IncomingFile>
  /** The sender's own checksums in base64, in the order of the files; known once all files have come. */
  checksums(): readonly string[]
  /** Of the whole request; null where it does not say. */
  readonly bodyBytes: number | null
}

/**
 * Direct upload: streams each file into storage and makes Files of them, all or none. The checks are those of
 * register, on what arrives.
 * Throws VALIDATION_ERROR, UNSUPPORTED_FILE_TYPE, FILE_TOO_LARGE, FILE_TYPE_MISMATCH, CHECKSUM_MISMATCH,
 * STORAGE_QUOTA_EXCEEDED, INVALID_REQUEST for a body that stops early.
 */
export async function uploadFiles(
  context: Context,
  organizationId: string,
  apiKeyId: string | null,
  incoming: IncomingFiles,
): Promise<File[]> {
  await checkRoom(context, organizationId, incoming.bodyBytes ?? 0)
  const reservation = context.reservations.open(organizationId, incoming.bodyBytes)
  try {
    return await storeAll(context, organizationId, apiKeyId, incoming, reservation)
  } finally {
    // After the bytes of what was refused are gone.
    await reservation.end()
  }
}

async function storeAll(
  context: Context,
  organizationId: string,
  apiKeyId: string | null,
  incoming: IncomingFiles,
  reservation: DirectReservation,
): Promise<File[]> {
  const files: File[] = []
  try {
    for await (const one of incoming.files) {
      // What the quota leaves beside the files of this request; it is checked for good when they are added.
      const storedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      const quotaBytes = (await findRoom(context, organizationId)) + reservation.recordedBytes() - storedBytes
      const room = {
        quotaBytes,
        isExhausted: reservation.isExhausted,
        ...reservation.roomBehind(storedBytes),
      }
      files.push(await storeFile(context, organizationId, apiKeyId, one, room))
    }
    if (files.length === 0) throw invalid('file', 'send at least one part named file or files')
    checkChecksums(files, incoming.checksums())
  } catch (error) {
    await removeAll(context, files)
    throw error
  }
  // Where this throws, the files may have been added all the same: a sweep finds out, and removes what has no File.
  if (await context.database.files.add(organizationId, files, reservation.id())) return files
  await removeAll(context, files)
  throw quotaExceeded()
}

interface FileRoom extends BodyRoom {
  readonly quotaBytes: number
  isExhausted(): boolean
}

async function storeFile(
  context: Context,
  organizationId: string,
  apiKeyId: string | null,
  { filename, contentType, body }: IncomingFile,
  room: FileRoom,
): Promise<File> {
  const { limits, storage, now } = context
  checkDeclaration({ filename, contentType })
  checkAllowed(limits, contentType)
  const id = createId('file')
  const name = objectName(organizationId, id, filename)
  const maxBytes = Math.max(0, Math.min(limits.directUploadMaxBytes, room.quotaBytes))
  const written = await storage.write({ name, contentType }, body, maxBytes, room)
  if (written.kind === 'interrupted') throw new ServiceError('INVALID_REQUEST', 'the body stopped early')
  if (written.kind === 'too-long' && (maxBytes < limits.directUploadMaxBytes || room.isExhausted()))
    throw quotaExceeded()
  if (written.kind === 'too-long') {
    const rule = `a file may have ${limits.directUploadMaxBytes} bytes here; use upload-url for larger ones`
    throw new ServiceError('FILE_TOO_LARGE', rule, { max_file_size: limits.directUploadMaxBytes })
  }
  const file = fileOfObject(written.object, {
    id,
    organizationId,
    filename,
    uploadedByApiKeyId: apiKeyId,
    uploadedAtMs: now(),
  })
  try {
    if (file.sizeBytes === 0) throw invalid('file', `${filename} is empty`)
    await checkContent(storage, written.object, contentType)
    return file
  } catch (error) {
    await removeAll(context, [file])
    throw error
  }
}

function checkChecksums(files: readonly File[], checksums: readonly string[]): void {
  if (checksums.length === 0) return
  if (checksums.length !== files.length) throw invalid('crc32c', 'send one for each file, or none')
  files.forEach((file, index) => {
    checkChecksum(file, checksums[index] ?? null)
  })
}

function quotaExceeded(): ServiceError {
  return new ServiceError('STORAGE_QUOTA_EXCEEDED', 'the files do not fit into the organization’s quota')
}

function invalid(field: string, message: string): ServiceError {
  return new ServiceError('VALIDATION_ERROR', message, { field, value: null })
}

/** Removes what a refused request has stored. What cannot be removed now has no File, and is swept later. */
async function removeAll({ storage, log }: Context, files: readonly File[]): Promise<void> {
  for (const { objectName, generation, id } of files) {
    try {
      await storage.remove(objectName, generation)
    } catch (error) {
      log.warn({ err: error, file_id: id }, 'the bytes of a refused upload could not be removed')
    }
  }
}
