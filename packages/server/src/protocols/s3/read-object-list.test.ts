import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { continuationToken } from './continuation-token.ts'
import { isProblem } from './problem.ts'
import { readObjectList } from './read-object-list.ts'

const read = (query: string) => {
  const fields = new URLSearchParams(query)
  const result = readObjectList((name) => fields.get(name))
  return isProblem(result) ? result.code : result
}
const list = (fields: object) => ({ prefix: '', delimiter: '', after: '', limit: 1000, ...fields })
const V1 = { version: 1, marker: '', encodingType: null, list: list({}) }
const V2 = {
  version: 2,
  startAfter: null,
  continuationToken: null,
  fetchesOwner: false,
  encodingType: null,
  list: list({}),
}
const TOKEN = continuationToken('größe/😀')

describe('the query of a list', () => {
  const cases: readonly [query: string, expected: unknown][] = [
    ['', V1],
    ['marker=b&start-after=c', { ...V1, marker: 'b', list: list({ after: 'b' }) }],
    [
      'prefix=a/&delimiter=/&max-keys=2&encoding-type=url',
      { ...V1, encodingType: 'url', list: list({ prefix: 'a/', delimiter: '/', limit: 2 }) },
    ],
    ['max-keys=1001', V1],
    ['max-keys=2147483647', V1],
    ['max-keys=', V1],
    ['max-keys=0', { ...V1, list: list({ limit: 0 }) }],
    ['list-type=2', V2],
    ['list-type=2&start-after=c&marker=b', { ...V2, startAfter: 'c', list: list({ after: 'c' }) }],
    [
      `list-type=2&start-after=c&continuation-token=${TOKEN}&fetch-owner=true`,
      {
        ...V2,
        startAfter: 'c',
        continuationToken: TOKEN,
        fetchesOwner: true,
        list: list({ after: 'größe/😀' }),
      },
    ],
    ['list-type=1', 'InvalidArgument'],
    ['max-keys=-1', 'InvalidArgument'],
    ['max-keys=2147483648', 'InvalidArgument'],
    ['max-keys=ten', 'InvalidArgument'],
    ['max-keys=1.5', 'InvalidArgument'],
    ['encoding-type=base64', 'InvalidArgument'],
    ['list-type=2&continuation-token=', 'InvalidArgument'],
    ['list-type=2&continuation-token=1', 'InvalidArgument'],
    ['list-type=2&continuation-token=abc', 'InvalidArgument'],
    [`list-type=2&continuation-token=${TOKEN}=`, 'InvalidArgument'],
    ['list-type=2&continuation-token=1_w', 'InvalidArgument'],
    ['prefix=a%00b', 'InvalidArgument'],
  ]
  for (const [query, expected] of cases) {
    it(`'${query}' is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(read(query), expected)
    })
  }
})
