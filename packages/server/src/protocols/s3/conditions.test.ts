import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluateWrite } from '../../domain/files/write-condition.ts'
import { evaluateCopySource, evaluateRead, readConditions, readCopyConditions } from './conditions.ts'
import { readHeaderFields } from './header-fields.ts'

const OBJECT = { etag: 'a', lastModifiedMs: Date.UTC(2026, 0, 15, 10, 30, 0, 500) }
const SAME = 'Thu, 15 Jan 2026 10:30:00 GMT'
const EARLIER = 'Thu, 15 Jan 2026 10:29:59 GMT'

type Fields = Readonly<Record<string, string>>
const fieldsOf = (headers: Fields) => readHeaderFields(Object.entries(headers).flat())

describe('the conditions of a read', () => {
  const cases: readonly [headers: Fields, outcome: string][] = [
    [{}, 'proceed'],
    [{ 'If-Match': '"a"' }, 'proceed'],
    [{ 'If-Match': 'a' }, 'proceed'],
    [{ 'If-Match': '*' }, 'proceed'],
    [{ 'If-Match': '"b", "a"' }, 'proceed'],
    [{ 'If-Match': '"b"' }, 'failed'],
    [{ 'If-Match': 'W/"a"' }, 'failed'],
    [{ 'If-Match': '"a"', 'If-Unmodified-Since': EARLIER }, 'proceed'],
    [{ 'If-Match': '"b"', 'If-Unmodified-Since': SAME }, 'failed'],
    [{ 'If-Unmodified-Since': SAME }, 'proceed'],
    [{ 'If-Unmodified-Since': EARLIER }, 'failed'],
    [{ 'If-None-Match': '"a"' }, 'not-modified'],
    [{ 'If-None-Match': 'a' }, 'not-modified'],
    [{ 'If-None-Match': 'W/"a"' }, 'not-modified'],
    [{ 'If-None-Match': '*' }, 'not-modified'],
    [{ 'If-None-Match': '"b"' }, 'proceed'],
    [{ 'If-None-Match': '"b"', 'If-Modified-Since': SAME }, 'proceed'],
    [{ 'If-None-Match': '"a"', 'If-Modified-Since': EARLIER }, 'not-modified'],
    [{ 'If-Modified-Since': SAME }, 'not-modified'],
    [{ 'If-Modified-Since': EARLIER }, 'proceed'],
    [{ 'If-Modified-Since': 'yesterday' }, 'proceed'],
    [{ 'If-Match': '"b"', 'If-None-Match': '"a"' }, 'failed'],
    [{ 'x-amz-copy-source-if-match': '"b"' }, 'proceed'],
  ]
  for (const [headers, outcome] of cases) {
    it(`${JSON.stringify(headers)} mean ${outcome}`, () => {
      assert.equal(evaluateRead(readConditions(fieldsOf(headers)), OBJECT), outcome)
    })
  }
})

describe('the conditions of a copy on its source', () => {
  const cases: readonly [headers: Fields, outcome: string][] = [
    [{}, 'proceed'],
    [{ 'x-amz-copy-source-if-match': 'a' }, 'proceed'],
    [{ 'x-amz-copy-source-if-match': '"b"' }, 'failed'],
    [{ 'x-amz-copy-source-if-none-match': '"a"' }, 'failed'],
    [{ 'x-amz-copy-source-if-match': '"a"', 'x-amz-copy-source-if-unmodified-since': EARLIER }, 'proceed'],
    [{ 'x-amz-copy-source-if-none-match': '"a"', 'x-amz-copy-source-if-modified-since': EARLIER }, 'failed'],
    [{ 'x-amz-copy-source-if-modified-since': SAME }, 'failed'],
    [{ 'If-Match': '"b"' }, 'proceed'],
  ]
  for (const [headers, outcome] of cases) {
    it(`${JSON.stringify(headers)} mean ${outcome}`, () => {
      assert.equal(evaluateCopySource(readCopyConditions(fieldsOf(headers)), OBJECT), outcome)
    })
  }
})

describe('the conditions of a write', () => {
  const cases: readonly [headers: Fields, current: { etag: string } | null, outcome: string][] = [
    [{}, null, 'proceed'],
    [{}, OBJECT, 'proceed'],
    [{ 'If-None-Match': '*' }, null, 'proceed'],
    [{ 'If-None-Match': '*' }, OBJECT, 'failed'],
    [{ 'If-None-Match': '"b"' }, OBJECT, 'proceed'],
    [{ 'If-Match': '"a"' }, OBJECT, 'proceed'],
    [{ 'If-Match': '"b"' }, OBJECT, 'failed'],
    [{ 'If-Match': '"a"' }, null, 'missing'],
    [{ 'If-Match': '*' }, null, 'missing'],
    [{ 'If-Match': '*' }, OBJECT, 'proceed'],
  ]
  for (const [headers, current, outcome] of cases) {
    it(`${JSON.stringify(headers)} mean ${outcome} for ${current === null ? 'a new key' : 'an object'}`, () => {
      assert.equal(evaluateWrite(readConditions(fieldsOf(headers)), current?.etag ?? null), outcome)
    })
  }
})
