import type { ObjectMetadata } from '../stored-object.ts'
import type { Gcs } from './gcs.ts'
import { isNoObject } from './google-fault.ts'
import { toObjectMetadata } from './object-resource.ts'

/** See `ObjectStorage.stat`. */
export async function statGcsObject(
  { google, calls, prefix }: Gcs,
  name: string,
): Promise<ObjectMetadata | null> {
  const resource = await calls.run('storage.objects.get', async () => {
    try {
      const [metadata] = await google.bucket.file(prefix + name).getMetadata()
      return metadata
    } catch (error) {
      if (isNoObject(error)) return null
      throw error
    }
  })
  return resource && toObjectMetadata(name, resource)
}
