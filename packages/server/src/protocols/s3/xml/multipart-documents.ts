import type { S3Checksum, S3ChecksumType } from '../checksum-algorithms.ts'
import { quoteEtag } from '../etag.ts'
import type { MultipartChecksum } from '../multipart-checksum.ts'
import { checksumNode } from './checksum-node.ts'
import { type EncodingType, nameEncoder } from './encode-names.ts'
import { ownerNode } from './owner-node.ts'
import { optional, renderResult, type XmlNode } from './render-xml.ts'

export interface UploadPlace {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string
}

/** Returns the answer of CreateMultipartUpload. */
export function initiatedXml({ bucket, key, uploadId }: UploadPlace): string {
  return renderResult([
    'InitiateMultipartUploadResult',
    [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', uploadId],
    ],
  ])
}

export interface CompletedUpload {
  /** URL of the object. */
  readonly location: string
  readonly bucket: string
  readonly key: string
  /** Without quotes. */
  readonly etag: string
  readonly checksum: S3Checksum | null
  readonly checksumType: S3ChecksumType | null
}

/** Returns the answer of CompleteMultipartUpload. */
export function completedXml(completed: CompletedUpload): string {
  return renderResult([
    'CompleteMultipartUploadResult',
    [
      ['Location', completed.location],
      ['Bucket', completed.bucket],
      ['Key', completed.key],
      ['ETag', quoteEtag(completed.etag)],
      checksumNode(completed.checksum),
      optional('ChecksumType', completed.checksumType),
    ],
  ])
}

export interface ListedPart {
  readonly number: number
  /** Without quotes. */
  readonly etag: string
  readonly sizeBytes: number
  readonly lastModifiedMs: number
  readonly checksum: S3Checksum | null
}

/** A page of the parts of an upload. */
export interface PartList extends UploadPlace {
  readonly ownerId: string
  readonly checksum: MultipartChecksum | null
  readonly partNumberMarker: number
  readonly maxParts: number
  readonly isTruncated: boolean
  readonly encodingType: EncodingType
  readonly parts: readonly ListedPart[]
}

/** Returns the answer of ListParts. */
export function partListXml(list: PartList): string {
  const [, owner] = ownerNode(list.ownerId)
  return renderResult([
    'ListPartsResult',
    [
      ['Bucket', list.bucket],
      ['Key', nameEncoder(list.encodingType)(list.key)],
      ['UploadId', list.uploadId],
      ['Initiator', owner],
      ['Owner', owner],
      ['StorageClass', 'STANDARD'],
      ['PartNumberMarker', list.partNumberMarker],
      ['NextPartNumberMarker', list.parts.at(-1)?.number ?? list.partNumberMarker],
      ['MaxParts', list.maxParts],
      ['IsTruncated', list.isTruncated],
      optional('EncodingType', list.encodingType),
      optional('ChecksumAlgorithm', list.checksum?.algorithm ?? null),
      optional('ChecksumType', list.checksum?.type ?? null),
      ...list.parts.map(partNode),
    ],
  ])
}

function partNode({ number, etag, sizeBytes, lastModifiedMs, checksum }: ListedPart): XmlNode {
  return [
    'Part',
    [
      ['PartNumber', number],
      ['LastModified', new Date(lastModifiedMs).toISOString()],
      ['ETag', quoteEtag(etag)],
      ['Size', sizeBytes],
      checksumNode(checksum),
    ],
  ]
}

export interface ListedUpload {
  readonly key: string
  readonly uploadId: string
  readonly initiatedMs: number
  readonly checksum: MultipartChecksum | null
}

/** A page of the unfinished uploads of a bucket. */
export interface UploadList {
  readonly bucket: string
  readonly ownerId: string
  readonly prefix: string
  readonly delimiter: string | null
  readonly keyMarker: string
  readonly uploadIdMarker: string
  /** Position after this page; null on the last. */
  readonly next: { readonly keyMarker: string; readonly uploadIdMarker: string } | null
  readonly maxUploads: number
  readonly encodingType: EncodingType
  readonly uploads: readonly ListedUpload[]
  readonly commonPrefixes: readonly string[]
}

/** Returns the answer of ListMultipartUploads. */
export function uploadListXml(list: UploadList): string {
  const encode = nameEncoder(list.encodingType)
  return renderResult([
    'ListMultipartUploadsResult',
    [
      ['Bucket', list.bucket],
      ['KeyMarker', encode(list.keyMarker)],
      ['UploadIdMarker', list.uploadIdMarker],
      optional('NextKeyMarker', encode(list.next?.keyMarker ?? null)),
      optional('NextUploadIdMarker', list.next?.uploadIdMarker ?? null),
      ['Prefix', encode(list.prefix)],
      optional('Delimiter', encode(list.delimiter || null)),
      ['MaxUploads', list.maxUploads],
      ['IsTruncated', list.next !== null],
      optional('EncodingType', list.encodingType),
      ...list.uploads.map((upload) => uploadNode(upload, encode(upload.key), list.ownerId)),
      ...list.commonPrefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', encode(prefix)]]]),
    ],
  ])
}

function uploadNode(
  { uploadId, initiatedMs, checksum }: ListedUpload,
  key: string,
  ownerId: string,
): XmlNode {
  const [, owner] = ownerNode(ownerId)
  return [
    'Upload',
    [
      ['Key', key],
      ['UploadId', uploadId],
      ['Initiator', owner],
      ['Owner', owner],
      ['StorageClass', 'STANDARD'],
      ['Initiated', new Date(initiatedMs).toISOString()],
      optional('ChecksumAlgorithm', checksum?.algorithm ?? null),
      optional('ChecksumType', checksum?.type ?? null),
    ],
  ]
}
