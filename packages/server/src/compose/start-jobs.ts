import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { PeriodicJob } from '../jobs/periodic/run-periodically.ts'
import { startEmptyingTrash } from '../jobs/tasks/start-emptying-trash.ts'
import { startExpiring } from '../jobs/tasks/start-expiring.ts'
import { startIndexingFiles } from '../jobs/tasks/start-indexing-files.ts'
import { startKeepingEvents } from '../jobs/tasks/start-keeping-events.ts'
import { startRegistering } from '../jobs/tasks/start-registering.ts'
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
    trash: startEmptyingTrash(context, config.trashMs, logger),
    // Only uploads through this service register by themselves.
    ...(context.storage.uploads.mode === 'hosted' && { register: startRegistering(context, logger) }),
    fileIndex: startIndexingFiles(context, logger),
    events: startKeepingEvents(context, config.eventMs, logger),
    vectorStores: startStoreHousekeeping(context, logger),
    sweep: startSweeping(context, config.auditMs, logger),
    // A provider verifies its own disks and charges for every read.
    ...(config.scrub &&
      context.storage.readsAreFree && { scrub: startScrubbing(context, config.scrub, logger) }),
  }
}
