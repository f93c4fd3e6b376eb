import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { percentDecode, percentEncode, percentEncodePath } from './percent-encoding.ts'
import { isProblem } from './problem.ts'
import { parseRequestTarget } from './request-target.ts'

const TARGETS: readonly [url: string, bucket: string | null, key: string | null][] = [
  ['/', null, null],
  ['', null, null],
  ['/b', 'b', null],
  ['/b/', 'b', null],
  ['/b/k', 'b', 'k'],
  ['/b//k//l/', 'b', '/k//l/'],
  ['/b/a+b%2Bc', 'b', 'a+b+c'],
  ['/b/%2525', 'b', '%25'],
  ['/b/%C3%A9', 'b', 'é'],
  ['/b/\u00c3\u00a9', 'b', 'é'],
  ['/b/a%2Fb', 'b', 'a/b'],
  ['/b/../c', 'b', '../c'],
  ['/b/k?x=/y', 'b', 'k'],
  ['http://s3.example.org/b/k?x', 'b', 'k'],
]

for (const [url, bucket, key] of TARGETS) {
  test(`the target "${url}" is the key ${key} of the bucket ${bucket}`, () => {
    const target = parseRequestTarget(url)
    assert.ok(!isProblem(target))
    assert.deepEqual([target.bucket, target.key], [bucket, key])
  })
}

test('a key without a bucket is refused', () => {
  const target = parseRequestTarget('//key')
  assert.ok(isProblem(target))
  assert.equal(target.code, 'InvalidBucketName')
})

test('with a bucket in the host name, the complete path is the key', () => {
  const target = parseRequestTarget('/a/b', 'photos')
  assert.ok(!isProblem(target))
  assert.deepEqual([target.bucket, target.key], ['photos', 'a/b'])
})

for (const url of ['/b/%', '/b/%4', '/b/%zz', '/b/%ff', '/b/k?x=%', '*', `/b?${'x&'.repeat(101)}`]) {
  test(`the target "${url.slice(0, 10)}" is refused`, () => {
    const target = parseRequestTarget(url)
    assert.ok(isProblem(target))
    assert.equal(target.code, 'InvalidURI')
  })
}

test('a query keeps the order of its fields, their plus signs and names without a value', () => {
  const target = parseRequestTarget('/b?uploads&prefix=a+b%20c&prefix=&&x==y')
  assert.ok(!isProblem(target))
  assert.deepEqual(target.query, [
    { name: 'uploads', value: '' },
    { name: 'prefix', value: 'a+b c' },
    { name: 'prefix', value: '' },
    { name: 'x', value: '=y' },
  ])
})

test('decoding undoes encoding for every text', () => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(text, (text) => {
      assert.equal(percentDecode(percentEncode(text)), text)
      assert.equal(percentDecode(percentEncodePath(text)), text)
    }),
  )
})
