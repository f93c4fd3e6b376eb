import type { Deletable } from '../../database/records/files.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotFound } from './get-file.ts'

type FileContext = Pick<Context, 'database' | 'storage' | 'log' | 'now'>

const deletionOf = (deletable: Deletable) =>
  defineOperation(
    { action: 'deleteFile', kind: 'change', scope: 'files:write', targetOf: (fileId) => fileId },
    async (context: FileContext, { organizationId }: Caller, fileId: string): Promise<void> => {
      const file = await removeFile(context, organizationId, fileId, deletable)
      if (file === null || isExpiredFile(file, context.now())) throw fileNotFound()
    },
  )

/** Deletes a file and its bytes, and releases its part of the quota. Throws FILE_NOT_FOUND, also for one in the trash. */
export const deleteFile = deletionOf('live')

/** Deletes a file like `deleteFile`, also in the trash. Throws FILE_NOT_FOUND. */
export const deleteOrPurgeFile = deletionOf('all')

/** Deletes a file whose time is over. Not audited: the expiry is part of the recorded upload. */
export const expireFile = defineOperation(
  { action: 'expireFile', kind: 'routine', scope: 'operator', targetOf: ({ id }) => id },
  async (
    context: FileContext,
    _caller: Caller<null>,
    { organizationId, id }: Pick<File, 'organizationId' | 'id'>,
  ): Promise<void> => {
    await removeFile(context, organizationId, id, 'all')
  },
)

export interface PurgeInput extends Pick<File, 'organizationId' | 'id'> {
  readonly trashedBeforeMs: number
}

/**
 * Deletes a file that has been in the trash since before a time, unless it was restored in the meantime; returns false
 * then. Not audited: it follows from the recorded move to the trash.
 */
export const purgeFile = defineOperation(
  { action: 'purgeFile', kind: 'routine', scope: 'operator', targetOf: ({ id }) => id },
  async (
    context: FileContext,
    _caller: Caller<null>,
    { organizationId, id, trashedBeforeMs }: PurgeInput,
  ): Promise<boolean> => (await removeFile(context, organizationId, id, { trashedBeforeMs })) !== null,
)

/** Deletes a file and its bytes. Returns the file; null when there is none. */
export async function removeFile(
  { database, storage, log, now }: FileContext,
  organizationId: string,
  fileId: string,
  deletable: Deletable,
): Promise<File | null> {
  const file = await database.files.delete(organizationId, fileId, now(), deletable)
  if (file === null) return null
  try {
    await storage.remove(file.objectName, file.generation)
  } catch (error) {
    // The file is deleted even if its bytes remain: no client can read them, and a sweep removes them.
    log.warn({ err: error, file_id: fileId }, 'the bytes of a deleted file could not be removed')
  }
  return file
}
