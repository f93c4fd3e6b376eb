import assert from 'node:assert/strict'
import test from 'node:test'
import { defaultBucketName, isBucketName } from './bucket.ts'

const NAMES: readonly [name: string, isName: boolean][] = [
  ['photos', true],
  ['my.bucket-1', true],
  ['ab', false],
  ['Photos', false],
  ['photos-', false],
  ['a..b', false],
  ['192.168.0.1', false],
  ['org-photos', false],
  ['a_b', false],
  ['a'.repeat(63), true],
  ['a'.repeat(64), false],
  ['', false],
]

for (const [name, isName] of NAMES) {
  test(`"${name.slice(0, 20)}" is ${isName ? 'a' : 'no'} name of a bucket`, () => {
    assert.equal(isBucketName(name), isName)
  })
}

test('the default bucket has the id of its organization with a hyphen', () => {
  assert.equal(defaultBucketName('org_0192abc'), 'org-0192abc')
})

test('ids that differ in case or are long have different default buckets of valid form', () => {
  const ids = ['org_abc', 'org_ABC', 'org_Abc', `org_${'a'.repeat(64)}`, `org_${'a'.repeat(63)}b`]
  const names = ids.map(defaultBucketName)
  assert.equal(new Set(names).size, ids.length)
  for (const name of names) assert.match(name, /^org-[a-z0-9-]{1,58}[a-z0-9]$/)
})
