import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Filter, matches } from './filter.ts'
import type { Attributes } from './store-file.ts'

const FILE: Attributes = { year: 2020, title: 'b', draft: false, rocket: '🚀', zero: 0 }

describe('a filter', () => {
  const CASES: readonly [Filter, boolean][] = [
    [{ type: 'eq', key: 'year', value: 2020 }, true],
    [{ type: 'eq', key: 'year', value: '2020' }, false],
    [{ type: 'eq', key: 'draft', value: false }, true],
    [{ type: 'eq', key: 'draft', value: 0 }, false],
    [{ type: 'eq', key: 'zero', value: false }, false],
    [{ type: 'eq', key: 'none', value: '' }, false],
    [{ type: 'eq', key: 'constructor', value: 'Object' }, false],
    [{ type: 'ne', key: 'year', value: '2020' }, true],
    [{ type: 'ne', key: 'year', value: 2020 }, false],
    [{ type: 'ne', key: 'none', value: 2020 }, true],
    [{ type: 'gt', key: 'year', value: 2019 }, true],
    [{ type: 'gt', key: 'year', value: 2020 }, false],
    [{ type: 'gt', key: 'year', value: '2019' }, false],
    [{ type: 'gte', key: 'year', value: 2020 }, true],
    [{ type: 'lt', key: 'title', value: 'c' }, true],
    [{ type: 'lt', key: 'title', value: 'ba' }, true],
    [{ type: 'lt', key: 'title', value: 'b' }, false],
    [{ type: 'lte', key: 'title', value: 'b' }, true],
    [{ type: 'lte', key: 'title', value: 'a' }, false],
    [{ type: 'lt', key: 'none', value: 1 }, false],
    [{ type: 'gte', key: 'none', value: 1 }, false],
    [{ type: 'lt', key: 'draft', value: 1 }, false],
    // Code points order an emoji after the private use area; UTF-16 units would not.
    [{ type: 'gt', key: 'rocket', value: '\ufb00' }, true],
    [{ type: 'in', key: 'year', values: [2019, 2020] }, true],
    [{ type: 'in', key: 'year', values: ['2020', true] }, false],
    [{ type: 'in', key: 'none', values: ['x'] }, false],
    [{ type: 'nin', key: 'year', values: [2020] }, false],
    [{ type: 'nin', key: 'none', values: [2020] }, true],
    [
      {
        type: 'and',
        filters: [
          { type: 'eq', key: 'title', value: 'b' },
          { type: 'eq', key: 'draft', value: true },
        ],
      },
      false,
    ],
    [
      {
        type: 'or',
        filters: [
          { type: 'eq', key: 'title', value: 'b' },
          { type: 'eq', key: 'draft', value: true },
        ],
      },
      true,
    ],
  ]
  for (const [filter, isMatch] of CASES) {
    it(`${isMatch ? 'accepts' : 'refuses'} the file: ${JSON.stringify(filter)}`, () => {
      assert.equal(matches(filter, FILE), isMatch)
    })
  }

  it('can be nested as deep as the limit, with as many conditions', () => {
    let filter: Filter = { type: 'eq', key: 'year', value: 2020 }
    for (let depth = 1; depth < 8; depth++) filter = { type: depth % 2 ? 'and' : 'or', filters: [filter] }
    assert.ok(matches(filter, FILE))
    const many: Filter = {
      type: 'or',
      filters: Array.from({ length: 255 }, () => ({ type: 'eq', key: 'x', value: 1 })),
    }
    assert.ok(!matches(many, FILE))
  })
})
