import { randomBytes } from 'node:crypto'
import {
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { CALL_LIMITS } from '../provider-calls.ts'
import { INTERNAL_FOLDER, type S3Features } from './s3.ts'
import { copySourceOf, createS3Bucket } from './s3-bucket.ts'
import { createS3Calls } from './s3-calls.ts'
import { createS3Client } from './s3-client.ts'
import { toS3Fault } from './s3-fault.ts'
import { findFeatures } from './s3-features.ts'
import type { S3Location } from './s3-location.ts'
import { createS3Multipart } from './s3-multipart.ts'

/** Abilities of an S3 server, for a report to the operator. */
export interface S3Abilities extends S3Features {
  /** The server refuses bytes that differ from their `Content-MD5`. */
  readonly verifiesMd5: boolean
  /** The server copies an object as a part of a multipart upload, which joins uploads of parts. */
  readonly copiesParts: boolean
  /** The bucket keeps deleted objects as versions; null when the credentials may not ask. */
  readonly isVersioned: boolean | null
  /** A presigned URL of a part refuses a body of another size; null when clients do not use the endpoint. */
  readonly refusesOtherSize: boolean | null
  /** A presigned URL returns the bytes; null when clients do not use the endpoint. */
  readonly servesUrls: boolean | null
}

const TEXT = 'examined'

/** Examines the server of a storage with temporary objects. Throws STORAGE_UNAVAILABLE. */
export async function examineS3(location: S3Location): Promise<S3Abilities> {
  const { bucket: name, prefix } = location
  const client = createS3Client(location)
  const calls = createS3Calls(name, CALL_LIMITS, CALL_LIMITS)
  const bucket = createS3Bucket(client, name, prefix, calls)
  const multipart = createS3Multipart(client, name, prefix, calls)
  const key = `${INTERNAL_FOLDER}probe/${randomBytes(16).toString('hex')}`
  const place = { Bucket: name, Key: prefix + key }
  try {
    const features = await findFeatures({ bucket, multipart })
    const uploadId = await multipart.create(key, 'text/plain', {})
    const refusesOtherSize = location.isDirect ? await refusesSize(client, { ...place, uploadId }) : null
    await bucket.put(key, Buffer.from(TEXT))
    const copiesParts = await copiesPart(client, { ...place, uploadId })
    await multipart.abort(key, uploadId)
    return {
      ...features,
      refusesOtherSize,
      copiesParts,
      verifiesMd5: await verifiesMd5(client, place),
      isVersioned: await isVersioned(client, name),
      servesUrls: location.isDirect ? await servesUrls(client, place) : null,
    }
  } finally {
    await bucket.remove(key)
    client.destroy()
  }
}

interface Place {
  readonly Bucket: string
  readonly Key: string
}

async function verifiesMd5(client: S3Client, place: Place): Promise<boolean> {
  const ContentMD5 = randomBytes(16).toString('base64')
  return client.send(new PutObjectCommand({ ...place, Body: TEXT, ContentMD5 })).then(
    () => false,
    (error) => toS3Fault(error).status === 400,
  )
}

async function isVersioned(client: S3Client, Bucket: string): Promise<boolean | null> {
  return client.send(new GetBucketVersioningCommand({ Bucket })).then(
    ({ Status }) => Status === 'Enabled',
    () => null,
  )
}

async function refusesSize(
  client: S3Client,
  { uploadId: UploadId, ...place }: Place & { readonly uploadId: string },
): Promise<boolean> {
  const command = new UploadPartCommand({ ...place, UploadId, PartNumber: 1, ContentLength: 1 })
  const signableHeaders = new Set(['content-length', 'host'])
  const url = await getSignedUrl(client, command, { expiresIn: 60, signableHeaders })
  return fetch(url, { method: 'PUT', body: TEXT }).then(
    ({ status }) => status === 403,
    () => false,
  )
}

async function copiesPart(
  client: S3Client,
  { uploadId: UploadId, ...place }: Place & { readonly uploadId: string },
): Promise<boolean> {
  const CopySource = copySourceOf(place.Bucket, place.Key)
  return client.send(new UploadPartCopyCommand({ ...place, UploadId, PartNumber: 1, CopySource })).then(
    () => true,
    () => false,
  )
}

async function servesUrls(client: S3Client, place: Place): Promise<boolean> {
  const url = await getSignedUrl(client, new GetObjectCommand(place), { expiresIn: 60 })
  return fetch(url).then(
    async (response) => response.ok && (await response.text()) === TEXT,
    () => false,
  )
}
