import type { UploadTask } from './upload-task.ts'

/** Returns the members of a request that put a file into its folder and describe it; none for the defaults. */
export function folderAndMetadata({ path, metadata }: Pick<UploadTask, 'path' | 'metadata'>) {
  return { ...(path !== '' && { path }), ...(Object.keys(metadata).length > 0 && { metadata }) }
}
