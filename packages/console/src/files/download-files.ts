import type { Waybill } from '@waybill/sdk'
import { ownUrl } from '../workspace/service-url.ts'

/** A browser drops downloads that come too close upon one another. */
const PAUSE_MS = 400

/** A link to a file’s bytes that is good for an hour; it has no key in it. */
export async function downloadUrl(client: Waybill, fileId: string, signal?: AbortSignal): Promise<string> {
  const { download_url } = await client.files.getContent(fileId, { signal })
  return ownUrl(download_url)
}

/** Has the browser save them, one after the other. */
export async function downloadFiles(client: Waybill, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const link = document.createElement('a')
    link.href = await downloadUrl(client, id)
    link.download = ''
    link.click()
  }
}
