import { existsSync } from 'node:fs'
import { type Config, readConfig } from '@waybill/server/config.ts'
import type { Database } from '@waybill/server/database/database.ts'
import { ServiceError } from '@waybill/server/domain/errors.ts'
import { keepFromSweeps, refuseLostDatabase } from '@waybill/server/operations/refuse-lost-database.ts'
import { openStorage } from '@waybill/server/server.ts'
import type { ObjectStorage } from '@waybill/server/storage/storage.ts'

/** Description of the option `--new-installation`. */
export const NEW_INSTALLATION = 'start a new installation on a storage with files of a lost one'

/**
 * Checks for a lost database before the first organization is created, as a server does at its start. An unavailable
 * storage is not an error here. Throws a message for the operator.
 */
export async function checkBeforeFirstOrganization(
  env: NodeJS.ProcessEnv,
  database: Database,
  isNewInstallation: boolean,
): Promise<void> {
  if (await database.installation.hasOrganizations()) return
  const storage = await openIfThere(readConfig(env))
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

async function openIfThere({ storage }: Config): Promise<ObjectStorage | null> {
  if (storage.kind === 'memory' || (storage.kind === 'disk' && !existsSync(storage.directory))) return null
  return openStorage(storage).catch(() => null)
}
