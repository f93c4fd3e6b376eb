import { contentDispositionOf } from '../../domain/files/content-disposition.ts'
import type { File } from '../../domain/files/file.ts'
import type { DelegatedDownloads } from '../../storage/delegated-uploads.ts'

/** A URL of the provider for the version that was registered, handed out as this service itself would. */
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
