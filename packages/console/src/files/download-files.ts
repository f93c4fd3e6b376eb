import type { Waybill } from '@waybill/sdk'
import { ownUrl } from '../workspace/service-url.ts'

/** Pause between two downloads. Browsers drop downloads that start too soon after another. */
const PAUSE_MS = 400

/** Returns a download URL that is valid for one hour and does not contain the key. */
export async function downloadUrl(client: Waybill, fileId: string, signal?: AbortSignal): Promise<string> {
  const { download_url } = await client.files.getContent(fileId, { signal })
  return ownUrl(download_url)
}

/** Makes the browser save the files, one after the other. */
export async function downloadFiles(client: Waybill, ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const link = document.createElement('a')
    link.href = await downloadUrl(client, id)
    link.download = ''
    link.click()
  }
}
