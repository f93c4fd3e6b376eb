import type { File } from '../../domain/files/file.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { checkReceived, removeUnseen } from '../files/check-scan.ts'
import type { Scans } from '../files/create-scans.ts'
import type { DirectReservation } from '../files/reserve-uploads.ts'
import { removeObject } from './record-bucket-file.ts'

/**
 * Lets the scanner judge a stored object; removes it when this throws, and keeps its bytes reserved as long as they stay.
 * Throws FILE_REJECTED, SERVICE_UNAVAILABLE.
 */
export async function checkStored(
  context: Pick<Context, 'database' | 'storage' | 'log' | 'now'>,
  scans: Scans,
  object: ObjectMetadata,
  file: File,
  reservation: DirectReservation,
): Promise<void> {
  try {
    await checkReceived(context, scans, [file])
  } catch (error) {
    await removeUnseen(scans, file, reservation, () => removeObject(context, object))
    throw error
  }
}
