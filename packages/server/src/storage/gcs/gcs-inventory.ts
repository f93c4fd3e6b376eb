import { isOwnName } from '../../domain/files/object-name.ts'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { Gcs } from './gcs.ts'
import { OWN_FOLDER, type OwnTexts } from './own-texts.ts'

const OWNER = 'owner'
const PAGE_OBJECTS = 1000

/** One section: names say nothing by which they could be told apart evenly. Unfinished uploads are Google's, and not listed. */
export function createGcsInventory(gcs: Gcs, texts: OwnTexts): Inventory {
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
          else if (!name.startsWith(OWN_FOLDER)) yield { kind: 'foreign', name }
        }
        pageToken = nextToken
      } while (pageToken !== undefined)
    },
    removeOrphan: async () => false,
    owner: (candidate) => texts.readOrMake(OWNER, candidate),
    knownOwner: () => texts.read(OWNER),
  }
}
