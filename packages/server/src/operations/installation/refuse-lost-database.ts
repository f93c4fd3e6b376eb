import type { Context } from '../context.ts'
import { installationId } from './installation-id.ts'

type Needs = Pick<Context, 'database' | 'storage'>

/** Owner of a storage that must not be swept. No installation has this id. */
const EARLIER_INSTALLATION = 'an earlier installation'

/**
 * Refuses a database that looks lost. Throws a message for the operator, and STORAGE_UNAVAILABLE or
 * SERVICE_UNAVAILABLE when it cannot be checked.
 */
export async function refuseLostDatabase(needs: Needs): Promise<void> {
  const problem = await findLostDatabase(needs)
  if (problem === null) return
  throw new Error(
    `${problem} Restore it from a backup, or correct DATABASE_URL and DATA_DIR. For a new installation, use an empty storage. With --new-installation this one is used as it is: its files are neither served nor removed.`,
  )
}

/**
 * Returns a sentence that says why the database looks lost: it has no organization, and its storage holds files or
 * belongs to another installation. Returns null when it does not look lost.
 */
export async function findLostDatabase({ database, storage }: Needs): Promise<string | null> {
  if (await database.installation.hasOrganizations()) return null
  const use = await findOtherUse({ database, storage })
  // Another process may have created the first organization and its first file meanwhile.
  if (use === null || (await database.installation.hasOrganizations())) return null
  return `The database has no organization, and the storage ${use}: the database is lost, empty or not the intended one.`
}

/**
 * Excludes the storage from the sweeps of a new database, which would treat the files of the earlier installation as
 * orphans: a storage without an owner gets one that no installation has.
 */
export async function keepFromSweeps(needs: Needs): Promise<void> {
  if ((await findLostDatabase(needs)) !== null) await needs.storage.inventory.owner(EARLIER_INSTALLATION)
}

async function findOtherUse({ database, storage: { inventory } }: Needs): Promise<string | null> {
  const owner = await inventory.knownOwner()
  if (owner !== null && owner !== (await installationId(database))) return 'belongs to another installation'
  for (let section = 0; section < inventory.sections; section++) {
    for await (const { kind } of inventory.list(section)) {
      if (kind === 'object' || kind === 'upload' || kind === 'unreadable') return 'holds files'
    }
  }
  return null
}
