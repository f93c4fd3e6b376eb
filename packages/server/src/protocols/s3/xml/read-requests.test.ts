import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../problem.ts'
import { readBucketConfiguration } from './read-bucket-configuration.ts'
import { readCompletion } from './read-completion.ts'
import { type Deletion, readDeletion } from './read-deletion.ts'

const codeOf = (result: unknown) => (isProblem(result) ? result.code : result)
const CRC32 = 'y/Q5Jg=='

describe('CompleteMultipartUpload', () => {
  const read = (parts: string) =>
    codeOf(
      readCompletion(
        Buffer.from(`<CompleteMultipartUpload xmlns="urn:a">${parts}</CompleteMultipartUpload>`),
      ),
    )
  const part = (number: string | number, rest = '<ETag>a</ETag>') =>
    `<Part>${rest}<PartNumber>${number}</PartNumber></Part>`

  it('names its parts, with quotes and without, and with their checksums', () => {
    const parts = `${part(2, '<ETag>&quot;a&quot;</ETag>')}\n${part(10_000, `<ETag>b</ETag><ChecksumCRC32>${CRC32}</ChecksumCRC32>`)}`
    assert.deepEqual(read(parts), [
      { number: 2, etag: 'a', checksum: null },
      { number: 10_000, etag: 'b', checksum: { algorithm: 'CRC32', value: CRC32 } },
    ])
  })

  it('may name 10,000 parts with a checksum each', () => {
    const value = 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='
    const rest = `<ETag>&quot;${'0'.repeat(32)}&quot;</ETag><ChecksumSHA256>${value}</ChecksumSHA256>`
    const parts = Array.from({ length: 10_000 }, (_, index) => part(index + 1, rest)).join('\n')
    assert.equal((read(parts) as unknown[]).length, 10_000)
  })

  const refused: readonly [what: string, parts: string, code: string][] = [
    ['no parts', '', 'MalformedXML'],
    ['no number', '<Part><ETag>a</ETag></Part>', 'MalformedXML'],
    ['no entity tag', part(1, ''), 'MalformedXML'],
    ['a text as number', part('one'), 'MalformedXML'],
    ['10,001 parts', part(1).repeat(10_001), 'MalformedXML'],
    ['a checksum that is none', part(1, '<ETag>a</ETag><ChecksumCRC32>a</ChecksumCRC32>'), 'MalformedXML'],
    [
      'two checksums',
      part(
        1,
        `<ETag>a</ETag><ChecksumCRC32>${CRC32}</ChecksumCRC32><ChecksumCRC32C>${CRC32}</ChecksumCRC32C>`,
      ),
      'MalformedXML',
    ],
    ['the number 0', part(0), 'InvalidPart'],
    ['the number 10,001', part(10_001), 'InvalidPart'],
    ['descending numbers', part(2) + part(1), 'InvalidPartOrder'],
    ['a number twice', part(2) + part(2), 'InvalidPartOrder'],
  ]
  for (const [what, parts, code] of refused) {
    it(`with ${what} is refused with ${code}`, () => {
      assert.equal(read(parts), code)
    })
  }
})

describe('DeleteObjects', () => {
  const read = (content: string) => codeOf(readDeletion(Buffer.from(`<Delete>${content}</Delete>`)))
  const object = (key: string, rest = '') => `<Object><Key>${key}</Key>${rest}</Object>`

  it('names its objects', () => {
    const content = `${object(' a&amp;b/')}${object('c', '<VersionId>null</VersionId><ETag>&quot;e&quot;</ETag>')}${object('d', '<VersionId>v</VersionId>')}`
    assert.deepEqual(read(content), {
      isQuiet: false,
      objects: [
        { key: ' a&b/', versionId: null, etag: null },
        { key: 'c', versionId: null, etag: 'e' },
        { key: 'd', versionId: 'v', etag: null },
      ],
    })
  })

  it('may name 1,000 keys of 1,024 characters, all of which are escaped', () => {
    const rest = `<VersionId>null</VersionId><ETag>&quot;${'0'.repeat(32)}&quot;</ETag>`
    const { objects } = read(object('&quot;'.repeat(1024), rest).repeat(1000)) as Deletion
    assert.equal(objects.length, 1000)
    assert.equal(objects[999]?.key, '"'.repeat(1024))
  })

  it('may be quiet', () => {
    assert.deepEqual(read(`<Quiet>true</Quiet>${object('a')}`), {
      isQuiet: true,
      objects: [{ key: 'a', versionId: null, etag: null }],
    })
  })

  for (const [what, content] of [
    ['no objects', '<Quiet>true</Quiet>'],
    ['an object without a key', '<Object/>'],
    ['an empty key', object('')],
    ['1,001 objects', object('a').repeat(1001)],
  ] as const) {
    it(`with ${what} is refused`, () => {
      assert.equal(read(content), 'MalformedXML')
    })
  }
})

describe('CreateBucket', () => {
  const read = (content: string) => codeOf(readBucketConfiguration(Buffer.from(content)))
  const root = 'CreateBucketConfiguration'
  const cases: readonly [content: string, expected: unknown][] = [
    ['', { location: null }],
    [`<${root}/>`, { location: null }],
    [`<${root}><LocationConstraint/></${root}>`, { location: null }],
    [
      `<${root} xmlns="urn:a"><LocationConstraint>eu-west-1</LocationConstraint></${root}>`,
      { location: 'eu-west-1' },
    ],
    [`<${root}><Location><Name>a</Name></Location></${root}>`, 'NotImplemented'],
    ['{}', 'MalformedXML'],
  ]
  for (const [content, expected] of cases) {
    it(`with '${content}' is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(read(content), expected)
    })
  }
})
