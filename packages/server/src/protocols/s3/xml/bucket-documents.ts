import { ownerNode } from './owner-node.ts'
import { optional, renderResult } from './render-xml.ts'

export interface BucketEntry {
  readonly name: string
  readonly createdAtMs: number
}

/** A page of ListBuckets. */
export interface BucketList {
  readonly ownerId: string
  readonly buckets: readonly BucketEntry[]
  readonly prefix: string | null
  /** Token of the next page; null on the last. */
  readonly continuationToken: string | null
}

/** Returns the answer of ListBuckets. */
export function bucketListXml({ ownerId, buckets, prefix, continuationToken }: BucketList): string {
  const entries = buckets.map(
    ({ name, createdAtMs }) =>
      [
        'Bucket',
        [
          ['Name', name],
          ['CreationDate', new Date(createdAtMs).toISOString()],
        ],
      ] as const,
  )
  return renderResult([
    'ListAllMyBucketsResult',
    [
      ownerNode(ownerId),
      ['Buckets', entries],
      optional('Prefix', prefix),
      optional('ContinuationToken', continuationToken),
    ],
  ])
}

/** Returns the answer of GetBucketLocation; the empty constraint is the default region. */
export function locationXml(region: string | null): string {
  return renderResult(['LocationConstraint', region ?? ''])
}

/** Returns the answer of GetBucketVersioning for a bucket that never had versions. */
export function versioningXml(): string {
  return renderResult(['VersioningConfiguration', []])
}
