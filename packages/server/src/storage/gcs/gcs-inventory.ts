import { isOwnName } from '../../domain/files/object-name.ts'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { Gcs } from './gcs.ts'
import { INTERNAL_FOLDER, type InternalTexts } from './internal-texts.ts'

const OWNER = 'owner'
const PAGE_OBJECTS = 1000

/**
 * Creates an inventory with one section, because names give no way to divide the bucket evenly. Unfinished uploads are
 * not listed: Google keeps them and expires them.
 */
export function createGcsInventory(gcs: Gcs, texts: InternalTexts): Inventory {
  const { google, calls, prefix } = gcs

  const listPage = (pageToken: string | undefined) =>
    calls.run('storage.objects.list', async () => {
      const [files, next] = await google.bucket.getFiles({
        prefix,
        autoPaginate: false,
        maxResults: PAGE_OBJECTS,
        ...(pageToken !== undefined && { pageToken }),
      })
      return { files, nextToken: (next as { pageToken?: string } | null)?.pageToken }
    })

  return {
    sections: 1,
    list: async function* list(): AsyncGenerator<InventoryEntry> {
      let pageToken: string | undefined
      do {
        const { files, nextToken } = await listPage(pageToken)
        for (const file of files) {
          const name = file.name.slice(prefix.length)
          const modifiedAtMs = Date.parse(String(file.metadata.timeCreated))
          if (isOwnName(name)) yield { kind: 'object', name, modifiedAtMs }
          else if (!name.startsWith(INTERNAL_FOLDER)) yield { kind: 'foreign', name }
        }
        pageToken = nextToken
      } while (pageToken !== undefined)
    },
    removeOrphan: async () => false,
    owner: (candidate) => texts.readOrCreate(OWNER, candidate),
    knownOwner: () => texts.read(OWNER),
  }
}
