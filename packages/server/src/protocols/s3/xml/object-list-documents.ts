import type { S3ChecksumAlgorithm, S3ChecksumType } from '../checksum-algorithms.ts'
import { quoteEtag } from '../etag.ts'
import { type EncodingType, nameEncoder } from './encode-names.ts'
import { ownerNode } from './owner-node.ts'
import { optional, renderResult, type XmlNode } from './render-xml.ts'

export interface ListedObject {
  readonly key: string
  /** Without quotes. */
  readonly etag: string
  readonly sizeBytes: number
  readonly lastModifiedMs: number
  /** Kind of the checksum that the object has; null for none. */
  readonly checksum: { readonly algorithm: S3ChecksumAlgorithm; readonly type: S3ChecksumType } | null
}

/** A page of a list of objects, with the values of its request. */
export interface ObjectList {
  readonly bucket: string
  readonly prefix: string
  /** Text that ends a common prefix; null or '' for none. */
  readonly delimiter: string | null
  readonly maxKeys: number
  readonly encodingType: EncodingType
  readonly objects: readonly ListedObject[]
  readonly commonPrefixes: readonly string[]
  readonly isTruncated: boolean
  /** Owner of the objects, where it is to be told; null otherwise. */
  readonly ownerId: string | null
}

/** Returns the answer of ListObjects. `nextMarker` is told only for lists with a delimiter. */
export function objectListXml(
  list: ObjectList,
  { marker, nextMarker }: { readonly marker: string; readonly nextMarker: string | null },
): string {
  const encode = nameEncoder(list.encodingType)
  const position = [
    ['Marker', encode(marker)] as const,
    optional('NextMarker', list.delimiter ? encode(nextMarker) : null),
  ]
  return renderList(list, position)
}

export interface ListPosition {
  readonly startAfter: string | null
  readonly continuationToken: string | null
  readonly nextContinuationToken: string | null
}

/** Returns the answer of ListObjectsV2. */
export function objectListV2Xml(list: ObjectList, position: ListPosition): string {
  return renderList(list, [
    ['KeyCount', list.objects.length + list.commonPrefixes.length],
    optional('StartAfter', nameEncoder(list.encodingType)(position.startAfter)),
    optional('ContinuationToken', position.continuationToken),
    optional('NextContinuationToken', position.nextContinuationToken),
  ])
}

function renderList(list: ObjectList, position: readonly (XmlNode | null)[]): string {
  const encode = nameEncoder(list.encodingType)
  return renderResult([
    'ListBucketResult',
    [
      ['Name', list.bucket],
      ['Prefix', encode(list.prefix)],
      ...position,
      ['MaxKeys', list.maxKeys],
      optional('Delimiter', encode(list.delimiter || null)),
      optional('EncodingType', list.encodingType),
      ['IsTruncated', list.isTruncated],
      ...list.objects.map((object) => objectNode(object, encode(object.key), list.ownerId)),
      ...list.commonPrefixes.map((prefix): XmlNode => ['CommonPrefixes', [['Prefix', encode(prefix)]]]),
    ],
  ])
}

function objectNode(object: ListedObject, encodedKey: string, ownerId: string | null): XmlNode {
  return [
    'Contents',
    [
      ['Key', encodedKey],
      ['LastModified', new Date(object.lastModifiedMs).toISOString()],
      ['ETag', quoteEtag(object.etag)],
      optional('ChecksumAlgorithm', object.checksum?.algorithm ?? null),
      optional('ChecksumType', object.checksum?.type ?? null),
      ['Size', object.sizeBytes],
      ownerId === null ? null : ownerNode(ownerId),
      ['StorageClass', 'STANDARD'],
    ],
  ]
}
