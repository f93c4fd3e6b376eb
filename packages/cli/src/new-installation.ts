import { existsSync } from 'node:fs'
import { type Config, readConfig } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import { ServiceError } from '@waybill/server/domain/errors.ts'
import {
  keepFromSweeps,
  refuseLostDatabase,
} from '@waybill/server/operations/installation/refuse-lost-database.ts'
import type { ObjectStorage } from '@waybill/server/storage/object-storage.ts'

/** Description of the option `--new-installation`. */
export const NEW_INSTALLATION = 'start a new installation although the storage has files of a lost one'

/**
 * Checks for a lost database before the first organization is created, like a server does when it starts. An
 * unavailable storage is not an error here. Throws an error with a message for the operator.
 */
export async function checkBeforeFirstOrganization(
  env: NodeJS.ProcessEnv,
  database: Database,
  isNewInstallation: boolean,
): Promise<void> {
  if (await database.installation.hasOrganizations()) return
  const storage = await openExisting(readConfig(env))
  if (storage === null) return
  try {
    const check = isNewInstallation ? keepFromSweeps : refuseLostDatabase
    await check({ database, storage })
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
  } finally {
    await storage.close()
  }
}

async function openExisting({ storage }: Config): Promise<ObjectStorage | null> {
  if (storage.kind === 'memory' || (storage.kind === 'disk' && !existsSync(storage.directory))) return null
  const { openStorage } = await import('@waybill/server/compose/open-storage.ts')
  return openStorage(storage).catch(() => null)
}
