import { randomBytes } from 'node:crypto'
import { INTERNAL_FOLDER, type S3, type S3Features } from './s3.ts'

/** Examines the server with temporary objects. Throws STORAGE_UNAVAILABLE. */
export async function findFeatures({
  bucket,
  multipart,
}: Pick<S3, 'bucket' | 'multipart'>): Promise<S3Features> {
  const key = `${INTERNAL_FOLDER}probe/${randomBytes(16).toString('hex')}`
  const put = (text: string, ifMatch: string) =>
    bucket.put(key, Buffer.from(text), { condition: { ifMatch } })
  const create = (text: string) => bucket.put(key, Buffer.from(text), { condition: { ifNoneMatch: true } })
  try {
    const first = (await create('first')) ?? ''
    const createsOnce = (await create('again')) === null
    const current = createsOnce ? first : ((await bucket.head(key))?.etag ?? '')
    const quoted = await put('quoted', `"${current}"`)
    const bare = quoted === null ? await put('bare', current) : null
    const replacesAny = (await put('stale', bare === null ? `"${current}"` : current)) !== null
    const ifMatch = quoted !== null ? 'quoted' : bare !== null ? 'bare' : null
    return {
      createsOnce,
      ifMatch: replacesAny ? null : ifMatch,
      joinsSomeParts: await joinsSomeParts(multipart, key),
    }
  } finally {
    await bucket.remove(key)
  }
}

async function joinsSomeParts(multipart: S3['multipart'], key: string): Promise<boolean> {
  const uploadId = await multipart.create(key, 'application/octet-stream', {})
  const part = await multipart.putPart(key, uploadId, 1, Buffer.from('listed'))
  await multipart.putPart(key, uploadId, 2, Buffer.from('not listed'))
  const completed = await multipart.complete(key, uploadId, [part])
  if (completed !== 'object') await multipart.abort(key, uploadId)
  return completed === 'object'
}
