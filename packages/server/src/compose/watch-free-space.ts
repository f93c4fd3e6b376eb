import type { Logger } from 'pino'
import type { Context } from '../operations/context.ts'
import { isDiskFull } from '../operations/uploads/check-free-space.ts'

const LOOK_FOR_ROOM_MS = 5000

/** Logs when the disk becomes full and when it has space again, and then reallocates the ballast. */
export async function watchFreeSpace(context: Context, logger: Logger): Promise<NodeJS.Timeout> {
  let wasFull = false
  const look = async () => {
    const isFull = await isDiskFull(context)
    if (isFull && !wasFull)
      logger.error('the disk is full: reads and deletes only, until there is space again')
    if (!isFull && wasFull) logger.info('the disk has space again')
    wasFull = isFull
    if (!isFull) context.database.keepBallast()
  }
  await look().catch((err) => logger.warn({ err }, 'the free space of the disk is unknown'))
  return setInterval(() => look().catch(() => {}), LOOK_FOR_ROOM_MS).unref()
}
