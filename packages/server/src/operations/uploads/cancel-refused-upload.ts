import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { cancelUpload } from './cancel-upload.ts'

/** Ends a session that its client cannot use, because its creation is refused. A session that remains expires. */
export async function cancelRefusedUpload(context: Context, caller: Caller, fileId: string): Promise<void> {
  await cancelUpload(context, caller, fileId).catch((error: unknown) =>
    context.log.warn({ err: error, file_id: fileId }, 'a refused upload could not be cancelled'),
  )
}
