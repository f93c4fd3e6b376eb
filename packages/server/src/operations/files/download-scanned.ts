import type { Caller } from '../../domain/access/caller.ts'
import { servableMediaType } from '../../domain/files/content-type/media-type.ts'
import { objectFilename } from '../../domain/files/object-name.ts'
import type { ScannedObject } from '../../domain/files/scan.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { Download } from './download-file.ts'
import { fileOfObject } from './file-of-object.ts'
import { fileNotFound } from './get-file.ts'

/**
 * Returns the bytes that the scanner judges, as a File that has no record yet. Throws FILE_NOT_FOUND when they are gone, or
 * were replaced at the provider.
 */
export const downloadScanned = defineOperation(
  { action: 'downloadScanned', kind: 'read', scope: 'download-url', targetOf: ({ fileId }) => fileId },
  async (
    { storage, now }: Pick<Context, 'storage' | 'now'>,
    { organizationId }: Caller,
    { fileId, objectName, generation }: ScannedObject,
  ): Promise<Download> => {
    const object = await storage.stat(objectName)
    if (object?.generation !== generation) throw fileNotFound()
    const file = fileOfObject(object, {
      ...{ id: fileId, organizationId, filename: objectFilename(objectName), path: '', metadata: {} },
      ...{ contentType: servableMediaType(object.contentType), detectedContentType: null },
      ...{ uploadedByApiKeyId: null, uploadedBy: null },
      ...{ uploadedAtMs: now(), purpose: null, expiresAtMs: null, sharesBytesOf: null },
    })
    return { kind: 'bytes', file, read: (range) => storage.read(objectName, range ?? undefined, generation) }
  },
)
