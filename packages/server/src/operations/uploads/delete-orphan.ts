import type { Caller } from '../../domain/access/caller.ts'
import { fileOfName } from '../../domain/files/object-name.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'

export type Orphan =
  /** Remains of a crash, with the id that the storage gives them. */
  | { readonly id: string }
  /** Object or unfinished upload. `isRecorded` is true when its record says that it is not needed. */
  | { readonly objectName: string; readonly isRecorded: boolean }

/**
 * Deletes an orphan. Returns false without a change when it is gone or a record needs it meanwhile. The audit names the
 * file that the orphan belonged to, or the orphan when there was none.
 * Throws STORAGE_UNAVAILABLE.
 */
export const deleteOrphan = defineOperation(
  {
    action: 'deleteOrphan',
    kind: 'change',
    scope: 'operator',
    targetOf: (orphan: Orphan) =>
      'id' in orphan ? orphan.id : (fileOfName(orphan.objectName)?.fileId ?? orphan.objectName),
    hasChanged: (isDeleted) => isDeleted,
  },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    _caller: Caller<string | null>,
    orphan: Orphan,
  ): Promise<boolean> => {
    const { database, storage, now } = context
    if ('id' in orphan) return storage.inventory.removeOrphan(orphan.id)
    const { objectName, isRecorded } = orphan
    // A slow request may be about to add a file with this object. The database lets only one of the two succeed.
    if (!isRecorded && !(await database.housekeeping.disown(objectName, now()))) return false
    await deleteUploadBytes(context, { objectName, uploadHandle: null })
    return true
  },
)
