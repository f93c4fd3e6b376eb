import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { PeriodicJob } from '../jobs/periodic/run-periodically.ts'
import { startExpiring } from '../jobs/tasks/start-expiring.ts'
import { startScrubbing } from '../jobs/tasks/start-scrubbing.ts'
import { startStoreHousekeeping } from '../jobs/tasks/start-store-housekeeping.ts'
import { startSweeping } from '../jobs/tasks/start-sweeping.ts'
import type { Context } from '../operations/context.ts'

/** Starts the periodic jobs; returns them by name. */
export function startJobs(
  config: Config,
  context: Context,
  logger: Logger,
): Readonly<Record<string, PeriodicJob>> {
  return {
    expire: startExpiring(context, logger),
    vectorStores: startStoreHousekeeping(context, logger),
    sweep: startSweeping(context, config.auditMs, logger),
    // A provider verifies its own disks and charges for every read.
    ...(config.scrub &&
      context.storage.readsAreFree && { scrub: startScrubbing(context, config.scrub, logger) }),
  }
}
