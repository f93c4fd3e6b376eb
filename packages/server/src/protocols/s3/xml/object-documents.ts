import type { S3Checksum, S3ChecksumType } from '../checksum-algorithms.ts'
import { quoteEtag } from '../etag.ts'
import { checksumNode } from './checksum-node.ts'
import { optional, renderResult, type XmlNode } from './render-xml.ts'

export interface CopiedObject {
  /** Without quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
  readonly checksum: S3Checksum | null
  /** Type of the checksum; null for a part, and for an object without a checksum. */
  readonly checksumType: S3ChecksumType | null
}

/** Returns the answer of CopyObject. */
export function copiedObjectXml(copied: CopiedObject): string {
  return renderResult(['CopyObjectResult', copiedNodes(copied)])
}

/** Returns the answer of UploadPartCopy. */
export function copiedPartXml(copied: CopiedObject): string {
  return renderResult(['CopyPartResult', copiedNodes(copied)])
}

function copiedNodes({ etag, lastModifiedMs, checksum, checksumType }: CopiedObject): (XmlNode | null)[] {
  return [
    ['LastModified', new Date(lastModifiedMs).toISOString()],
    ['ETag', quoteEtag(etag)],
    checksumNode(checksum),
    optional('ChecksumType', checksumType),
  ]
}

/** Outcome of one object of DeleteObjects. */
export interface DeletedObject {
  readonly key: string
  /** Reason why the object was not deleted; null when it does not exist any more. */
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Returns the answer of DeleteObjects; a quiet one has only the errors. */
export function deletionXml(outcomes: readonly DeletedObject[], isQuiet: boolean): string {
  return renderResult([
    'DeleteResult',
    outcomes.map(({ key, error }): XmlNode | null => {
      if (error !== null) {
        return [
          'Error',
          [
            ['Key', key],
            ['Code', error.code],
            ['Message', error.message],
          ],
        ]
      }
      return isQuiet ? null : ['Deleted', [['Key', key]]]
    }),
  ])
}

/** Attributes that GetObjectAttributes can tell, by their names in `x-amz-object-attributes`. */
export const OBJECT_ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const
export type ObjectAttribute = (typeof OBJECT_ATTRIBUTES)[number]

/** Attributes of an object; those that were not asked for are left out. */
export interface ObjectAttributes {
  /** Without quotes. */
  readonly etag: string
  readonly sizeBytes: number
  readonly checksum: S3Checksum | null
  readonly checksumType: S3ChecksumType | null
  /** Parts of an object that came in parts; null for any other. */
  readonly parts: AttributeParts | null
}

export interface AttributeParts {
  readonly totalCount: number
  readonly partNumberMarker: number
  readonly maxParts: number
  readonly isTruncated: boolean
  /** Empty where the checksums of the parts are not known. */
  readonly parts: readonly {
    readonly number: number
    readonly sizeBytes: number
    readonly checksum: S3Checksum | null
  }[]
}

/** Returns the answer of GetObjectAttributes. */
export function objectAttributesXml(object: ObjectAttributes, wanted: ReadonlySet<ObjectAttribute>): string {
  const nodes: Readonly<Record<ObjectAttribute, XmlNode | null>> = {
    // The only place where S3 has no quotes.
    ETag: ['ETag', object.etag],
    Checksum:
      object.checksum === null
        ? null
        : ['Checksum', [checksumNode(object.checksum), optional('ChecksumType', object.checksumType)]],
    ObjectParts: object.parts === null ? null : partsNode(object.parts),
    StorageClass: ['StorageClass', 'STANDARD'],
    ObjectSize: ['ObjectSize', object.sizeBytes],
  }
  return renderResult([
    'GetObjectAttributesResponse',
    OBJECT_ATTRIBUTES.map((name) => (wanted.has(name) ? nodes[name] : null)),
  ])
}

function partsNode({ totalCount, partNumberMarker, maxParts, isTruncated, parts }: AttributeParts): XmlNode {
  return [
    'ObjectParts',
    [
      ['PartsCount', totalCount],
      ['PartNumberMarker', partNumberMarker],
      ['NextPartNumberMarker', parts.at(-1)?.number ?? partNumberMarker],
      ['MaxParts', maxParts],
      ['IsTruncated', isTruncated],
      ...parts.map(
        ({ number, sizeBytes, checksum }): XmlNode => [
          'Part',
          [['PartNumber', number], ['Size', sizeBytes], checksumNode(checksum)],
        ],
      ),
    ],
  ]
}
