import { hash } from 'node:crypto'

/** Bucket of an organization, as its clients see it. */
export interface Bucket {
  readonly name: string
  /** Name in the records: '' for the default bucket. */
  readonly id: string
  readonly createdAtMs: number
}

/** Id of the default bucket of every organization. */
export const DEFAULT_BUCKET = ''

/** Names that begin with it belong to default buckets. */
const DEFAULT_PREFIX = 'org-'
const MAX_NAME_LENGTH = 63
const HASH_LENGTH = 8
const NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** Returns true for a name of S3's form that no default bucket can have. */
export function isBucketName(name: string): boolean {
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(name)
  return NAME.test(name) && !name.includes('..') && !isAddress && !name.startsWith(DEFAULT_PREFIX)
}

/** Returns true for a name that only the default bucket of an organization can have, or for the id of one. */
export function isDefaultName(name: string): boolean {
  return name.startsWith(DEFAULT_PREFIX) || name.startsWith('org_')
}

/**
 * Returns the name of the default bucket of an organization: its id in the form of a bucket name. An id that does not
 * survive the change is cut and gets a part of its hash, so that no two organizations have the same name.
 */
export function defaultBucketName(organizationId: string): string {
  const name = organizationId.replace('_', '-')
  if (NAME.test(name) && name.startsWith(DEFAULT_PREFIX)) return name
  const suffix = `-${hash('sha256', organizationId, 'hex').slice(0, HASH_LENGTH)}`
  return name.toLowerCase().slice(0, MAX_NAME_LENGTH - suffix.length) + suffix
}
