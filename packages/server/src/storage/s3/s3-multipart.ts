import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import type { ByteRange } from '../stored-object.ts'
import { checkKey } from './object-key.ts'
import { copySourceOf, unquoted } from './s3-bucket.ts'
import type { S3Calls } from './s3-calls.ts'
import { isMissing, toS3Fault } from './s3-fault.ts'

/** Part of a multipart upload, with its entity tag without quotes. */
export interface S3Part {
  readonly number: number
  readonly etag: string
}

export interface ListedPart extends S3Part {
  readonly sizeBytes: number
}

/** Multipart uploads of a bucket. Methods retry, and throw STORAGE_UNAVAILABLE and STORAGE_FULL. */
export interface S3Multipart {
  /** Returns the id of a new upload. */
  create(key: string, contentType: string, metadata: Readonly<Record<string, string>>): Promise<string>
  /** Stores a part, whose MD5 the server verifies. The last one with a number replaces the others. */
  putPart(key: string, uploadId: string, number: number, bytes: Buffer): Promise<S3Part>
  /**
   * Copies a range of an object, or all of it, as a part; null when there is no such object. Servers may refuse a range of
   * an object of up to 5 MiB.
   */
  copyPart(
    key: string,
    uploadId: string,
    number: number,
    sourceKey: string,
    range: ByteRange | null,
  ): Promise<S3Part | null>
  /** Returns all parts in the order of their numbers; null when there is no such upload. */
  list(key: string, uploadId: string): Promise<readonly ListedPart[] | null>
  /**
   * Joins the parts to an object. `missing`: there is no such upload, because it was aborted, or completed by an earlier
   * request. `invalid`: a part is not stored with this entity tag.
   */
  complete(key: string, uploadId: string, parts: readonly S3Part[]): Promise<'object' | 'missing' | 'invalid'>
  abort(key: string, uploadId: string): Promise<void>
}

/** Codes of a list of parts that the server refuses. */
const INVALID_PARTS = /^(InvalidPart|InvalidPartOrder|EntityTooSmall)$/

/** Creates access to the multipart uploads below the prefix. */
export function createS3Multipart(
  client: S3Client,
  Bucket: string,
  prefix: string,
  calls: S3Calls,
): S3Multipart {
  const at = (key: string) => ({ Bucket, Key: prefix + key })

  return {
    create: (key, contentType, metadata) => {
      checkKey(prefix + key)
      return calls.run('s3:PutObject', async (abortSignal) => {
        const input = { ...at(key), ContentType: contentType, Metadata: { ...metadata } }
        const { UploadId } = await client.send(new CreateMultipartUploadCommand(input), { abortSignal })
        if (UploadId === undefined) throw new Error('the server returned no id of a multipart upload')
        return UploadId
      })
    },
    putPart: (key, UploadId, PartNumber, bytes) => {
      const ContentMD5 = createHash('md5').update(bytes).digest('base64')
      const input = { ...at(key), UploadId, PartNumber, Body: bytes, ContentMD5 }
      return calls.runSlow('s3:PutObject', async (abortSignal) => {
        const { ETag } = await client.send(new UploadPartCommand(input), { abortSignal })
        return { number: PartNumber, etag: unquoted(ETag) }
      })
    },
    copyPart: (key, UploadId, PartNumber, sourceKey, range) =>
      calls.runSlow('s3:PutObject', async (abortSignal) => {
        const CopySource = copySourceOf(Bucket, prefix + sourceKey)
        const CopySourceRange = range === null ? undefined : `bytes=${range.start}-${range.end}`
        const input = { ...at(key), UploadId, PartNumber, CopySource, CopySourceRange }
        try {
          const { CopyPartResult } = await client.send(new UploadPartCopyCommand(input), { abortSignal })
          return { number: PartNumber, etag: unquoted(CopyPartResult?.ETag) }
        } catch (error) {
          if (toS3Fault(error).code === 'NoSuchKey') return null
          throw error
        }
      }),
    list: (key, UploadId) =>
      calls.runSlow('s3:ListMultipartUploadParts', async (abortSignal) => {
        try {
          return await listParts(client, { ...at(key), UploadId }, abortSignal)
        } catch (error) {
          if (isMissing(error)) return null
          throw error
        }
      }),
    complete: (key, UploadId, parts) =>
      calls.runSlow('s3:PutObject', async (abortSignal) => {
        const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${etag}"` }))
        const input = { ...at(key), UploadId, MultipartUpload: { Parts } }
        try {
          await client.send(new CompleteMultipartUploadCommand(input), { abortSignal })
          return 'object'
        } catch (error) {
          if (isMissing(error)) return 'missing'
          if (INVALID_PARTS.test(toS3Fault(error).code)) return 'invalid'
          throw error
        }
      }),
    abort: (key, UploadId) =>
      calls.run('s3:AbortMultipartUpload', async (abortSignal) => {
        try {
          await client.send(new AbortMultipartUploadCommand({ ...at(key), UploadId }), { abortSignal })
        } catch (error) {
          if (!isMissing(error)) throw error
        }
      }),
  }
}

async function listParts(
  client: S3Client,
  upload: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  abortSignal: AbortSignal,
): Promise<ListedPart[]> {
  const found: ListedPart[] = []
  let PartNumberMarker: string | undefined
  do {
    const page = await client.send(new ListPartsCommand({ ...upload, PartNumberMarker }), { abortSignal })
    for (const { PartNumber = 0, ETag, Size = 0 } of page.Parts ?? []) {
      found.push({ number: PartNumber, etag: unquoted(ETag), sizeBytes: Size })
    }
    PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined
  } while (PartNumberMarker !== undefined)
  return found
}
