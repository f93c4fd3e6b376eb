import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { ByteRange } from '../stored-object.ts'
import { checkKey } from './object-key.ts'
import type { S3Calls } from './s3-calls.ts'
import { isMissing, isPreconditionFailed } from './s3-fault.ts'

/** Properties of a stored object. */
export interface StoredHead {
  /** Entity tag without quotes, because some servers leave them out of some responses. */
  readonly etag: string
  readonly sizeBytes: number
  readonly contentType: string
  /** User metadata with lower-case names. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface ListedObject {
  readonly key: string
  readonly modifiedAtMs: number
}

export type PutCondition =
  /** No object has this key. */
  | { readonly ifNoneMatch: true }
  /** The object has the entity tag of this header, with or without quotes. */
  | { readonly ifMatch: string }

export interface PutOptions {
  readonly contentType?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly condition?: PutCondition
}

/**
 * Objects of a bucket below the prefix of the storage, by keys without it. Methods retry, and throw STORAGE_UNAVAILABLE
 * and STORAGE_FULL.
 */
export interface S3Bucket {
  /** Throws VALIDATION_ERROR when the key is too long for S3. */
  assertKey(key: string): void
  head(key: string): Promise<StoredHead | null>
  /** Returns all bytes of a small object; null when there is none. */
  get(key: string, range?: ByteRange): Promise<{ readonly bytes: Buffer; readonly etag: string } | null>
  /** Opens a range of the object with this entity tag; null when there is none. The stream may fail at any byte. */
  open(key: string, etag: string, range: ByteRange): Promise<Readable | null>
  /** Stores an object, whose MD5 the server verifies. Returns its entity tag; null when the condition is not met. */
  put(key: string, bytes: Buffer, options?: PutOptions): Promise<string | null>
  /** Copies an object of at most 5 GiB within the bucket. Returns false when there is no source. */
  copy(sourceKey: string, key: string, options: Required<Omit<PutOptions, 'condition'>>): Promise<boolean>
  remove(key: string): Promise<void>
  /** Streams the objects with this prefix in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>
  /** Throws when the bucket does not respond. */
  check(): Promise<void>
}

export const unquoted = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '')

/** Returns the value of `x-amz-copy-source`, which the client does not encode. */
export function copySourceOf(bucket: string, key: string): string {
  return [bucket, ...key.split('/').map(encodeURIComponent)].join('/')
}

/** Creates access to the bucket. */
export function createS3Bucket(client: S3Client, Bucket: string, prefix: string, calls: S3Calls): S3Bucket {
  const at: Place = (key) => ({ Bucket, Key: prefix + key })

  const get: S3Bucket['get'] = (key, range) =>
    calls.runSlow('s3:GetObject', async (abortSignal) => {
      try {
        const Range = range && `bytes=${range.start}-${range.end}`
        const { Body, ETag } = await client.send(new GetObjectCommand({ ...at(key), Range }), { abortSignal })
        return { bytes: await buffer(Body as Readable), etag: unquoted(ETag) }
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    })

  return {
    assertKey: (key) => checkKey(prefix + key),
    get,
    head: (key) =>
      calls.run('s3:GetObject', async (abortSignal) => {
        try {
          const found = await client.send(new HeadObjectCommand(at(key)), { abortSignal })
          return {
            etag: unquoted(found.ETag),
            sizeBytes: found.ContentLength ?? 0,
            contentType: found.ContentType ?? 'application/octet-stream',
            metadata: found.Metadata ?? {},
          }
        } catch (error) {
          if (isMissing(error)) return null
          throw error
        }
      }),
    open: (key, etag, { start, end }) =>
      calls.run('s3:GetObject', async (abortSignal) => {
        try {
          const input = { ...at(key), Range: `bytes=${start}-${end}`, IfMatch: `"${etag}"` }
          const { Body } = await client.send(new GetObjectCommand(input), { abortSignal })
          return Body as Readable
        } catch (error) {
          if (isMissing(error) || isPreconditionFailed(error)) return null
          throw error
        }
      }),
    put: createPut(client, at, calls, get),
    copy: (sourceKey, key, { contentType, metadata }) => {
      checkKey(prefix + key)
      return calls.runSlow('s3:PutObject', async (abortSignal) => {
        try {
          const input = {
            ...at(key),
            CopySource: copySourceOf(Bucket, prefix + sourceKey),
            MetadataDirective: 'REPLACE' as const,
            ContentType: contentType,
            Metadata: metadata,
          }
          await client.send(new CopyObjectCommand(input), { abortSignal })
          return true
        } catch (error) {
          if (isMissing(error)) return false
          throw error
        }
      })
    },
    remove: (key) =>
      calls.run('s3:DeleteObject', async (abortSignal) => {
        try {
          await client.send(new DeleteObjectCommand(at(key)), { abortSignal })
        } catch (error) {
          if (!isMissing(error)) throw error
        }
      }),
    list: async function* list(below) {
      let ContinuationToken: string | undefined
      do {
        const input = { Bucket, Prefix: prefix + below, ContinuationToken }
        const page = await calls.run('s3:ListBucket', (abortSignal) =>
          client.send(new ListObjectsV2Command(input), { abortSignal }),
        )
        for (const { Key = '', LastModified } of page.Contents ?? []) {
          yield { key: Key.slice(prefix.length), modifiedAtMs: LastModified?.getTime() ?? 0 }
        }
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined
      } while (ContinuationToken !== undefined)
    },
    check: () =>
      calls.run('s3:ListBucket', async (abortSignal) => {
        await client.send(new HeadBucketCommand({ Bucket }), { abortSignal })
      }),
  }
}

type Place = (key: string) => { readonly Bucket: string; readonly Key: string }

function createPut(client: S3Client, at: Place, calls: S3Calls, get: S3Bucket['get']): S3Bucket['put'] {
  return (key, bytes, { contentType, metadata, condition } = {}) => {
    checkKey(at(key).Key)
    const input = {
      ...at(key),
      Body: bytes,
      ContentMD5: createHash('md5').update(bytes).digest('base64'),
      ContentType: contentType,
      Metadata: metadata,
      ...(condition && 'ifNoneMatch' in condition && { IfNoneMatch: '*' }),
      ...(condition && 'ifMatch' in condition && { IfMatch: condition.ifMatch }),
    }
    return calls.runSlow('s3:PutObject', async (abortSignal, earlier) => {
      try {
        const { ETag } = await client.send(new PutObjectCommand(input), { abortSignal })
        return unquoted(ETag)
      } catch (error) {
        const isRefused = isPreconditionFailed(error) || (isMissing(error) && condition !== undefined)
        if (!isRefused) throw error
        // An earlier attempt may have stored the object, and its response was lost.
        const stored = earlier > 0 ? await get(key) : null
        return stored?.bytes.equals(bytes) ? stored.etag : null
      }
    })
  }
}
