import type { Readable } from 'node:stream'
import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from './get-file.ts'

export interface ReadableFile {
  readonly file: File
  /** Opens the bytes, or a range of them. Throws STORAGE_UNAVAILABLE. */
  read(range: ByteRange | null): Promise<Readable>
}

/** Returns a file whose bytes this service sends itself, whatever stores them. Throws FILE_NOT_FOUND. */
export const readFile = defineOperation(
  { action: 'readFile', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<ReadableFile> => {
    const file = await findFile(context, organizationId, fileId)
    const { objectName, generation } = file
    return { file, read: (range) => context.storage.read(objectName, range ?? undefined, generation) }
  },
)
