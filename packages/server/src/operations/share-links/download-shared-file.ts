import type { Caller } from '../../domain/access/caller.ts'
import { isExpiredFile } from '../../domain/files/file.ts'
import { CONTINUATION_MS, type ShareLink } from '../../domain/files/share-link.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import type { Download } from '../files/download-file.ts'
import { DOWNLOAD_URL_SECONDS } from '../files/get-file-content.ts'
import { providerUrl } from '../files/provider-url.ts'
import { linkRefused } from './link-refused.ts'

/**
 * Returns the file of the caller's share link. Opening its bytes counts as a download, except for a later part within
 * an hour after a counted one: players and resumed downloads request a file in parts. Throws TOKEN_INVALID, and opening
 * the bytes throws it when the link is used up.
 */
export const downloadSharedFile = defineOperation(
  { action: 'downloadSharedFile', kind: 'read', scope: 'share-link', targetOf: ({ fileId }) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    link: ShareLink,
  ): Promise<Download> => {
    const { database, storage, now } = context
    const file = await database.files.find(organizationId, link.fileId)
    if (file === null || isExpiredFile(file, now())) throw linkRefused()
    const count = (range: ByteRange | null) => countDownload(context, link, range)
    const { downloads } = storage
    if (downloads !== null) {
      return {
        kind: 'provider',
        file,
        url: async (range) => {
          const url = await providerUrl(downloads, file, urlEndSeconds(link, now()))
          await count(range)
          return url
        },
      }
    }
    const { objectName, generation } = file
    return {
      kind: 'bytes',
      file,
      read: async (range) => {
        // Opened first, so that a failure of the storage uses up no download.
        const bytes = await storage.read(objectName, range ?? undefined, generation)
        try {
          await count(range)
        } catch (error) {
          bytes.destroy()
          throw error
        }
        return bytes
      },
    }
  },
)

async function countDownload(
  { database, now }: Pick<Context, 'database' | 'now'>,
  { organizationId, id }: ShareLink,
  range: ByteRange | null,
): Promise<void> {
  const nowMs = now()
  const isLaterPart = range !== null && range.start > 0
  const download = { nowMs, continuesSinceMs: nowMs - CONTINUATION_MS, isLaterPart }
  if (!(await database.shareLinks.countDownload(organizationId, id, download))) throw linkRefused()
}

/** Returns the expiry of a provider's URL: that of a download URL, or of the link when it is earlier. */
function urlEndSeconds({ expiresAtMs }: ShareLink, nowMs: number): number {
  const endSeconds = Math.floor(nowMs / 1000) + DOWNLOAD_URL_SECONDS
  return expiresAtMs === null ? endSeconds : Math.min(endSeconds, Math.floor(expiresAtMs / 1000))
}
