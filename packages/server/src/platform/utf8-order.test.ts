import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { afterPrefix, compareUtf8 } from './utf8-order.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 6 })

describe('compareUtf8', () => {
  it('has the order of the bytes', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        assert.equal(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })

  it('puts an emoji behind the private use area, unlike JavaScript', () => {
    assert.ok(compareUtf8('\u{1F600}', '\uE000') > 0)
    assert.ok('\u{1F600}' < '\uE000')
  })
})

describe('afterPrefix', () => {
  for (const [prefix, next] of [
    ['a/', 'a0'],
    ['', null],
    ['\uD7FF', '\uE000'],
    ['\uFFFF', '\u{10000}'],
    ['a\u{10FFFF}\u{10FFFF}', 'b'],
    ['\u{10FFFF}', null],
  ] as const) {
    it(`of ${JSON.stringify(prefix)} is ${JSON.stringify(next)}`, () => {
      assert.equal(afterPrefix(prefix), next)
    })
  }

  it('is behind every text with the prefix, and before every other text behind them', () => {
    fc.assert(
      fc.property(anyText, anyText, (prefix, other) => {
        const next = afterPrefix(prefix)
        if (next === null) return
        assert.ok(compareUtf8(prefix + other, next) < 0)
        const isBehind = compareUtf8(other, prefix) > 0 && !other.startsWith(prefix)
        assert.equal(isBehind, compareUtf8(other, next) >= 0)
      }),
    )
  })
})
