import assert from 'node:assert/strict'
import test from 'node:test'
import { placeOfHost } from './host-name.ts'

const HOSTS: readonly [host: string | undefined, place: ReturnType<typeof placeOfHost>][] = [
  ['s3.example.org', { bucket: null }],
  ['S3.Example.org:8443', { bucket: null }],
  ['photos.s3.example.org', { bucket: 'photos' }],
  ['a.b.s3.example.org:80', { bucket: 'a.b' }],
  ['.s3.example.org', null],
  ['example.org', null],
  ['xs3.example.org', null],
  ['s3.example.org.evil.com', null],
  [undefined, null],
]

for (const [host, place] of HOSTS) {
  test(`the host "${host}" is ${place === null ? 'another one' : `for ${place.bucket ?? 'every bucket'}`}`, () => {
    assert.deepEqual(placeOfHost(host, 's3.example.org'), place)
  })
}
