import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCopyRange, parseCopySource } from './copy-source.ts'
import { isProblem } from './problem.ts'

const codeOf = (result: unknown) => (isProblem(result) ? result.code : result)
const source = (bucket: string, key: string, versionId: string | null = null) => ({ bucket, key, versionId })

describe('the source of a copy', () => {
  const cases: readonly [header: string, expected: unknown][] = [
    ['/bucket/key', source('bucket', 'key')],
    ['bucket/key', source('bucket', 'key')],
    ['bucket/a/b//c/', source('bucket', 'a/b//c/')],
    ['/bucket//key', source('bucket', '/key')],
    ['bucket%2Fkey', source('bucket', 'key')],
    ['/bucket/a%20b%2Bc+d', source('bucket', 'a b+c+d')],
    ['/bucket/%E2%82%AC%3FversionId=1', source('bucket', '€?versionId=1')],
    ['/bucket/key?versionId=abc%3D', source('bucket', 'key', 'abc=')],
    ['/bucket/key?versionId=null', source('bucket', 'key')],
    ['/bucket/what?', source('bucket', 'what?')],
    ['/bucket/', 'InvalidArgument'],
    ['/bucket', 'InvalidArgument'],
    ['', 'InvalidArgument'],
    ['/bucket/%ZZ', 'InvalidArgument'],
    ['/bucket/%FF', 'InvalidArgument'],
  ]
  for (const [header, expected] of cases) {
    it(`${header} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(codeOf(parseCopySource(header)), expected)
    })
  }
})

describe('the range of a copy from 1000 bytes', () => {
  const cases: readonly [header: string, expected: unknown][] = [
    ['bytes=0-999', { start: 0, end: 999 }],
    ['bytes=5-5', { start: 5, end: 5 }],
    ['bytes=0-1000', 'InvalidRange'],
    ['bytes=1000-1000', 'InvalidRange'],
    ['bytes=5-4', 'InvalidArgument'],
    ['bytes=5-', 'InvalidArgument'],
    ['bytes=-5', 'InvalidArgument'],
    ['bytes=0-1,5-6', 'InvalidArgument'],
    ['0-1', 'InvalidArgument'],
  ]
  for (const [header, expected] of cases) {
    it(`${header} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(codeOf(parseCopyRange(header, 1000)), expected)
    })
  }
})
