import type { Context } from './context.ts'
import { installationId } from './installation-id.ts'

type Needs = Pick<Context, 'database' | 'storage'>

/** Owner of a storage that no installation may sweep. No installation has this id. */
const EARLIER_INSTALLATION = 'an earlier installation'

/**
 * Refuses a database that looks lost. Throws a sentence for the operator, STORAGE_UNAVAILABLE and SERVICE_UNAVAILABLE
 * where nobody can say.
 */
export async function refuseLostDatabase(needs: Needs): Promise<void> {
  const problem = await findLostDatabase(needs)
  if (problem === null) return
  throw new Error(
    `${problem} Restore it from a backup, or correct DATABASE_URL and DATA_DIR. To begin anew, take an empty storage; with --new-installation this one is used as it is, and what it holds is neither served nor removed.`,
  )
}

/**
 * Returns in a sentence why the database looks lost: it has no organization, and the storage beside it holds files or
 * belongs to another installation. Null where it does not.
 */
export async function findLostDatabase({ database, storage }: Needs): Promise<string | null> {
  if (await database.installation.hasOrganizations()) return null
  const use = await findOtherUse({ database, storage })
  // Another process may have made the first organization meanwhile, and its first file too.
  if (use === null || (await database.installation.hasOrganizations())) return null
  return `The database has no organization, and the storage ${use}: the database is lost, empty or another one than intended.`
}

/**
 * Keeps the storage beside a new database from its sweeps, which would take the files of the installation before for
 * leftovers: where the storage knows no owner yet, it gets one that no installation has.
 */
export async function keepFromSweeps(needs: Needs): Promise<void> {
  if ((await findLostDatabase(needs)) !== null) await needs.storage.holdings.owner(EARLIER_INSTALLATION)
}

async function findOtherUse({ database, storage: { holdings } }: Needs): Promise<string | null> {
  const owner = await holdings.knownOwner()
  if (owner !== null && owner !== (await installationId(database))) return 'belongs to another installation'
  for (let section = 0; section < holdings.sections; section++) {
    for await (const { kind } of holdings.list(section)) {
      if (kind === 'object' || kind === 'upload' || kind === 'unreadable') return 'holds files'
    }
  }
  return null
}
