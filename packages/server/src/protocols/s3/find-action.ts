import type { HeaderFields } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import type { RequestTarget } from './request-target.ts'

/** Operations of S3 that the service has. */
export type S3ActionName =
  | 'ListBuckets'
  | 'HeadBucket'
  | 'CreateBucket'
  | 'DeleteBucket'
  | 'GetBucketLocation'
  | 'GetBucketVersioning'
  | 'GetBucketAcl'
  | 'GetBucketTagging'
  | 'ListObjects'
  | 'ListMultipartUploads'
  | 'DeleteObjects'
  | 'GetObject'
  | 'HeadObject'
  | 'GetObjectAcl'
  | 'GetObjectAttributes'
  | 'GetObjectTagging'
  | 'PutObject'
  | 'CopyObject'
  | 'DeleteObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'UploadPartCopy'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'

/** Query fields that choose another operation than the plain one of the method. */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  ...['accelerate', 'acl', 'analytics', 'append', 'attributes', 'cors', 'delete', 'encryption'],
  ...[
    'intelligent-tiering',
    'inventory',
    'legal-hold',
    'lifecycle',
    'location',
    'logging',
    'metadataConfiguration',
  ],
  ...['metadataTable', 'metrics', 'notification', 'object-lock', 'ownershipControls', 'partNumber', 'policy'],
  ...[
    'policyStatus',
    'publicAccessBlock',
    'renameObject',
    'replication',
    'requestPayment',
    'restore',
    'retention',
  ],
  ...['select', 'session', 'tagging', 'torrent', 'uploadId', 'uploads', 'versioning', 'versions', 'website'],
])

type Level = 'service' | 'bucket' | 'key'

/** Actions by level, method and the sorted subresources of the query. */
const ACTIONS: Readonly<Record<Level, Readonly<Record<string, S3ActionName>>>> = {
  service: { 'GET ': 'ListBuckets' },
  bucket: {
    'HEAD ': 'HeadBucket',
    'PUT ': 'CreateBucket',
    'DELETE ': 'DeleteBucket',
    'GET ': 'ListObjects',
    'GET location': 'GetBucketLocation',
    'GET versioning': 'GetBucketVersioning',
    'GET acl': 'GetBucketAcl',
    'GET tagging': 'GetBucketTagging',
    'GET uploads': 'ListMultipartUploads',
    'POST delete': 'DeleteObjects',
  },
  key: {
    'GET ': 'GetObject',
    'HEAD ': 'HeadObject',
    'GET partNumber': 'GetObject',
    'HEAD partNumber': 'HeadObject',
    'GET acl': 'GetObjectAcl',
    'GET attributes': 'GetObjectAttributes',
    'GET tagging': 'GetObjectTagging',
    'GET uploadId': 'ListParts',
    'PUT ': 'PutObject',
    'PUT partNumber uploadId': 'UploadPart',
    'DELETE ': 'DeleteObject',
    'DELETE uploadId': 'AbortMultipartUpload',
    'POST uploads': 'CreateMultipartUpload',
    'POST uploadId': 'CompleteMultipartUpload',
  },
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])
const COPIES: Readonly<Partial<Record<S3ActionName, S3ActionName>>> = {
  PutObject: 'CopyObject',
  UploadPart: 'UploadPartCopy',
}

/** Headers that ask for something that the service does not do: ignoring them would break what they promise. */
const UNSUPPORTED_HEADERS =
  /^x-amz-(server-side-encryption|object-lock-|tagging$|grant-|website-redirect-location$|write-offset-bytes$|mfa$|rename-source)/
const PRIVATE_ACLS: ReadonlySet<string> = new Set([
  'private',
  'bucket-owner-full-control',
  'bucket-owner-read',
])

/**
 * Returns the operation of a request. A subresource that the service does not have is never the plain operation. Problems
 * are `NotImplemented` and `MethodNotAllowed`.
 */
export function findAction(
  method: string,
  target: RequestTarget,
  headers: HeaderFields,
): S3ActionName | S3Problem {
  const names = target.query.map(({ name }) => name).filter((name) => SUBRESOURCES.has(name))
  const subresources = [...new Set(names)].toSorted().join(' ')
  const level = levelOf(target)
  const action = ACTIONS[level][`${method} ${subresources}`]
  if (action === undefined) {
    const isUnknownMethod = !METHODS.has(method) || (level === 'service' && subresources === '')
    return isUnknownMethod
      ? problem('MethodNotAllowed', 'The specified method is not allowed against this resource.')
      : notImplemented(subresources === '' ? method : subresources)
  }
  const version = target.query.find(({ name }) => name === 'versionId')?.value ?? 'null'
  if (version !== 'null' && version !== '') {
    return problem('InvalidArgument', 'Invalid version id specified', { ArgumentName: 'versionId' })
  }
  const header = unsupportedHeader(headers)
  if (header !== null) return notImplemented(header)
  return (headers.has('x-amz-copy-source') ? COPIES[action] : undefined) ?? action
}

function levelOf({ bucket, key }: RequestTarget): Level {
  if (bucket === null) return 'service'
  return key === null ? 'bucket' : 'key'
}

function unsupportedHeader(headers: HeaderFields): string | null {
  const acl = headers.get('x-amz-acl')?.[0]
  if (acl !== undefined && !PRIVATE_ACLS.has(acl)) return 'x-amz-acl'
  return [...headers.keys()].find((name) => UNSUPPORTED_HEADERS.test(name)) ?? null
}

function notImplemented(what: string): S3Problem {
  return problem('NotImplemented', `The service does not implement ${what}.`)
}
