import { contentDispositionOf } from '../../domain/files/content-disposition.ts'
import type { File } from '../../domain/files/file.ts'
import type { DelegatedDownloads } from '../../storage/delegated-uploads.ts'

/** Returns the provider's URL for the registered generation, with the response headers that this service would send. */
export function providerUrl(
  downloads: DelegatedDownloads,
  file: File,
  expiresAtSeconds: number,
): Promise<string> {
  return downloads.url(
    { name: file.objectName, generation: file.generation },
    { expiresAtSeconds, contentType: file.contentType, contentDisposition: contentDispositionOf(file) },
  )
}
