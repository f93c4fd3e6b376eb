import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem, problem } from '../problem.ts'
import { aclXml } from './acl-document.ts'
import { bucketListXml, locationXml, versioningXml } from './bucket-documents.ts'
import { errorXml } from './error-document.ts'
import {
  completedXml,
  initiatedXml,
  type PartList,
  partListXml,
  uploadListXml,
} from './multipart-documents.ts'
import {
  copiedObjectXml,
  copiedPartXml,
  deletionXml,
  OBJECT_ATTRIBUTES,
  objectAttributesXml,
} from './object-documents.ts'
import { type ObjectList, objectListV2Xml, objectListXml } from './object-list-documents.ts'
import { childText, parseXml, type XmlElement } from './parse-xml.ts'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
const XMLNS = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const TIME_MS = Date.UTC(2026, 0, 15, 10, 30, 0, 500)
const TIME = '2026-01-15T10:30:00.500Z'
const CRC32 = { algorithm: 'CRC32', value: 'y/Q5Jg==' } as const
const OWNER = '<Owner><ID>org_1</ID><DisplayName>org_1</DisplayName></Owner>'
const INITIATOR = '<Initiator><ID>org_1</ID><DisplayName>org_1</DisplayName></Initiator>'

/** Asserts that a document is this root with the namespace of S3. */
function assertResult(actual: string, root: string, content: string): void {
  assert.equal(actual, `${HEAD}<${root}${XMLNS}>${content}</${root}>`)
}

function parse(xml: string, root: string): XmlElement {
  const element = parseXml(Buffer.from(xml), root)
  if (isProblem(element)) throw new Error(element.message)
  return element
}

const LIST: ObjectList = {
  bucket: 'b',
  prefix: '',
  delimiter: null,
  maxKeys: 1000,
  encodingType: null,
  objects: [],
  commonPrefixes: [],
  isTruncated: false,
  ownerId: null,
}
const OBJECT = { key: 'k', etag: 'e', sizeBytes: 9, lastModifiedMs: TIME_MS, checksum: null }

describe('documents on buckets', () => {
  it('list them', () => {
    assertResult(
      bucketListXml({
        ownerId: 'org_1',
        buckets: [{ name: 'b', createdAtMs: TIME_MS }],
        prefix: null,
        continuationToken: null,
      }),
      'ListAllMyBucketsResult',
      `${OWNER}<Buckets><Bucket><Name>b</Name><CreationDate>${TIME}</CreationDate></Bucket></Buckets>`,
    )
  })

  it('tell the region, no versions, and one owner', () => {
    assertResult(locationXml(null), 'LocationConstraint', '')
    assertResult(locationXml('eu-west-1'), 'LocationConstraint', 'eu-west-1')
    assertResult(versioningXml(), 'VersioningConfiguration', '')
    assertResult(
      aclXml('org_1'),
      'AccessControlPolicy',
      `${OWNER}<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>org_1</ID><DisplayName>org_1</DisplayName></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>`,
    )
  })
})

describe('documents on lists of objects', () => {
  it('have everything of version 1', () => {
    const list: ObjectList = {
      ...LIST,
      prefix: 'p',
      delimiter: '/',
      maxKeys: 2,
      isTruncated: true,
      ownerId: 'org_1',
      objects: [{ ...OBJECT, checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT' } }],
      commonPrefixes: ['p/'],
    }
    assertResult(
      objectListXml(list, { marker: 'm', nextMarker: 'p/' }),
      'ListBucketResult',
      [
        '<Name>b</Name><Prefix>p</Prefix><Marker>m</Marker><NextMarker>p/</NextMarker><MaxKeys>2</MaxKeys>',
        '<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>',
        `<Contents><Key>k</Key><LastModified>${TIME}</LastModified><ETag>&quot;e&quot;</ETag>`,
        '<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>',
        `<Size>9</Size>${OWNER}<StorageClass>STANDARD</StorageClass></Contents>`,
        '<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes>',
      ].join(''),
    )
  })

  it('tell the next marker of version 1 only with a delimiter', () => {
    const without = objectListXml({ ...LIST, isTruncated: true }, { marker: '', nextMarker: 'k' })
    assert.ok(!without.includes('NextMarker'))
  })

  it('have the position of version 2', () => {
    const list: ObjectList = { ...LIST, objects: [OBJECT], commonPrefixes: ['a/'] }
    const xml = objectListV2Xml(list, { startAfter: 's', continuationToken: 't', nextContinuationToken: 'n' })
    const root = parse(xml, 'ListBucketResult')
    assert.deepEqual(
      ['KeyCount', 'StartAfter', 'ContinuationToken', 'NextContinuationToken', 'Owner'].map((name) =>
        childText(root, name),
      ),
      ['2', 's', 't', 'n', null],
    )
  })

  const odd = 'a b+c/&<>"\'ü😀\n\r\t\u0001%2F'

  it('keep any key readable', () => {
    const list: ObjectList = { ...LIST, prefix: odd, objects: [{ ...OBJECT, key: odd }] }
    const root = parse(objectListXml(list, { marker: odd, nextMarker: null }), 'ListBucketResult')
    assert.equal(childText(root.children.get('Contents')?.[0] as XmlElement, 'Key'), odd)
    assert.deepEqual([childText(root, 'Prefix'), childText(root, 'Marker')], [odd, odd])
  })

  it('encode names for encoding-type=url, and keep slashes', () => {
    const list: ObjectList = {
      ...LIST,
      prefix: odd,
      delimiter: ' /',
      encodingType: 'url',
      objects: [{ ...OBJECT, key: odd }],
      commonPrefixes: [odd],
    }
    const encoded = 'a%20b%2Bc/%26%3C%3E%22%27%C3%BC%F0%9F%98%80%0A%0D%09%01%252F'
    const position = { startAfter: odd, continuationToken: 'a+b', nextContinuationToken: null }
    const root = parse(objectListV2Xml(list, position), 'ListBucketResult')
    const [contents, prefixes] = ['Contents', 'CommonPrefixes'].map((name) => root.children.get(name)?.[0])
    assert.deepEqual(
      [childText(contents as XmlElement, 'Key'), childText(prefixes as XmlElement, 'Prefix')],
      [encoded, encoded],
    )
    assert.deepEqual(
      ['Prefix', 'StartAfter', 'Delimiter', 'ContinuationToken', 'EncodingType'].map((name) =>
        childText(root, name),
      ),
      [encoded, encoded, '%20/', 'a+b', 'url'],
    )
  })
})

describe('documents on multipart uploads', () => {
  const place = { bucket: 'b', key: 'k&', uploadId: 'u' }

  it('begin and complete one', () => {
    assertResult(
      initiatedXml(place),
      'InitiateMultipartUploadResult',
      '<Bucket>b</Bucket><Key>k&amp;</Key><UploadId>u</UploadId>',
    )
    assertResult(
      completedXml({
        location: 'http://h/b/k',
        bucket: 'b',
        key: 'k',
        etag: 'e-2',
        checksum: { ...CRC32, value: 'y/Q5Jg==-2' },
        checksumType: 'COMPOSITE',
      }),
      'CompleteMultipartUploadResult',
      '<Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key><ETag>&quot;e-2&quot;</ETag><ChecksumCRC32>y/Q5Jg==-2</ChecksumCRC32><ChecksumType>COMPOSITE</ChecksumType>',
    )
  })

  it('list the parts of one', () => {
    const list: PartList = {
      ...place,
      ownerId: 'org_1',
      checksum: { type: 'COMPOSITE', algorithm: 'CRC32' },
      partNumberMarker: 1,
      maxParts: 1,
      isTruncated: true,
      encodingType: null,
      parts: [{ number: 2, etag: 'e', sizeBytes: 9, lastModifiedMs: TIME_MS, checksum: CRC32 }],
    }
    assertResult(
      partListXml(list),
      'ListPartsResult',
      [
        `<Bucket>b</Bucket><Key>k&amp;</Key><UploadId>u</UploadId>${INITIATOR}${OWNER}<StorageClass>STANDARD</StorageClass>`,
        '<PartNumberMarker>1</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker><MaxParts>1</MaxParts>',
        '<IsTruncated>true</IsTruncated><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>',
        `<Part><PartNumber>2</PartNumber><LastModified>${TIME}</LastModified><ETag>&quot;e&quot;</ETag>`,
        '<Size>9</Size><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></Part>',
      ].join(''),
    )
  })

  it('list them', () => {
    assertResult(
      uploadListXml({
        bucket: 'b',
        ownerId: 'org_1',
        prefix: '',
        delimiter: '/',
        keyMarker: '',
        uploadIdMarker: '',
        next: { keyMarker: 'k', uploadIdMarker: 'u' },
        maxUploads: 1,
        encodingType: null,
        uploads: [{ key: 'k', uploadId: 'u', initiatedMs: TIME_MS, checksum: null }],
        commonPrefixes: ['a/'],
      }),
      'ListMultipartUploadsResult',
      [
        '<Bucket>b</Bucket><KeyMarker></KeyMarker><UploadIdMarker></UploadIdMarker><NextKeyMarker>k</NextKeyMarker>',
        '<NextUploadIdMarker>u</NextUploadIdMarker><Prefix></Prefix><Delimiter>/</Delimiter><MaxUploads>1</MaxUploads>',
        `<IsTruncated>true</IsTruncated><Upload><Key>k</Key><UploadId>u</UploadId>${INITIATOR}${OWNER}`,
        `<StorageClass>STANDARD</StorageClass><Initiated>${TIME}</Initiated></Upload>`,
        '<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>',
      ].join(''),
    )
  })
})

describe('documents on objects', () => {
  const copied = { etag: 'e', lastModifiedMs: TIME_MS, checksum: CRC32, checksumType: null }

  it('tell copies', () => {
    const content = `<LastModified>${TIME}</LastModified><ETag>&quot;e&quot;</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32>`
    assertResult(copiedPartXml(copied), 'CopyPartResult', content)
    assertResult(
      copiedObjectXml({ ...copied, checksumType: 'FULL_OBJECT' }),
      'CopyObjectResult',
      `${content}<ChecksumType>FULL_OBJECT</ChecksumType>`,
    )
  })

  const outcomes = [
    { key: 'a', error: null },
    { key: 'b', error: { code: 'AccessDenied', message: 'no' } },
  ]
  const error = '<Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error>'

  it('tell deletions', () => {
    assertResult(deletionXml(outcomes, false), 'DeleteResult', `<Deleted><Key>a</Key></Deleted>${error}`)
  })

  it('tell only errors of a quiet deletion', () => {
    assertResult(deletionXml(outcomes, true), 'DeleteResult', error)
  })

  const attributes = {
    etag: 'e',
    sizeBytes: 9,
    checksum: CRC32,
    checksumType: 'FULL_OBJECT',
    parts: {
      totalCount: 2,
      partNumberMarker: 0,
      maxParts: 1,
      isTruncated: true,
      parts: [{ number: 1, sizeBytes: 9, checksum: null }],
    },
  } as const

  it('tell the attributes that were asked for', () => {
    assertResult(
      objectAttributesXml(attributes, new Set(['ObjectSize', 'ETag'])),
      'GetObjectAttributesResponse',
      '<ETag>e</ETag><ObjectSize>9</ObjectSize>',
    )
    assertResult(
      objectAttributesXml(attributes, new Set(OBJECT_ATTRIBUTES)),
      'GetObjectAttributesResponse',
      [
        '<ETag>e</ETag><Checksum><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32><ChecksumType>FULL_OBJECT</ChecksumType></Checksum>',
        '<ObjectParts><PartsCount>2</PartsCount><PartNumberMarker>0</PartNumberMarker>',
        '<NextPartNumberMarker>1</NextPartNumberMarker><MaxParts>1</MaxParts><IsTruncated>true</IsTruncated>',
        '<Part><PartNumber>1</PartNumber><Size>9</Size></Part></ObjectParts>',
        '<StorageClass>STANDARD</StorageClass><ObjectSize>9</ObjectSize>',
      ].join(''),
    )
  })
})

describe('the document of an error', () => {
  it('has no namespace, and escapes what the request had', () => {
    assert.equal(
      errorXml(problem('InvalidArgument', 'a < b', { ArgumentName: '<x>' }), '/b/<k>', 'r'),
      `${HEAD}<Error><Code>InvalidArgument</Code><Message>a &lt; b</Message><ArgumentName>&lt;x&gt;</ArgumentName><Resource>/b/&lt;k&gt;</Resource><RequestId>r</RequestId><HostId>r</HostId></Error>`,
    )
  })
})
