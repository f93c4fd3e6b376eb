import type { File } from '../../domain/files/file.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { checkReceived, removeUnseen } from '../files/check-scan.ts'
import type { Scans } from '../files/create-scans.ts'
import { removeObject } from './record-bucket-file.ts'

/** Lets the scanner judge a stored object; removes it when this throws. Throws FILE_REJECTED, SERVICE_UNAVAILABLE. */
export async function checkStored(
  context: Pick<Context, 'database' | 'storage' | 'log' | 'now'>,
  scans: Scans,
  object: ObjectMetadata,
  file: File,
): Promise<void> {
  try {
    await checkReceived(context, scans, [file])
  } catch (error) {
    await removeUnseen(scans, object.name, () => removeObject(context, object))
    throw error
  }
}
