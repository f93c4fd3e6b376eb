import type { Logger } from 'pino'
import type { Context } from '../operations/context.ts'
import { isDiskFull } from '../operations/uploads/check-free-space.ts'

const CHECK_INTERVAL_MS = 5000

/**
 * Logs when the disk becomes full and when it has space again. Reallocates the ballast of the database as long as there
 * is space. Returns the timer of the checks.
 */
export async function watchFreeSpace(context: Context, logger: Logger): Promise<NodeJS.Timeout> {
  let wasFull = false
  const check = async () => {
    const isFull = await isDiskFull(context)
    if (isFull && !wasFull)
      logger.error('the disk is full: only reads and deletes work until there is space again')
    if (!isFull && wasFull) logger.info('the disk has space again')
    wasFull = isFull
    if (!isFull) context.database.keepBallast()
  }
  await check().catch((err) => logger.warn({ err }, 'the free space of the disk is unknown'))
  return setInterval(() => check().catch(() => {}), CHECK_INTERVAL_MS).unref()
}
