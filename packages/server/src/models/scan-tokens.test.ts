import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createTokenScan } from './scan-tokens.ts'

const usage = { prompt_tokens: 1234, completion_tokens: 56, prompt_tokens_details: { cached_tokens: 7 } }
const BODY = JSON.stringify({ usage, data: ['x'.repeat(300)] })

function scan(pieces: readonly string[]) {
  const tokens = createTokenScan()
  for (const piece of pieces) tokens.add(Buffer.from(piece))
  return tokens.tokens()
}

describe('a scan for tokens', () => {
  it('finds them wherever the answer is divided', () => {
    for (let at = 0; at <= BODY.length; at++) {
      const found = scan([BODY.slice(0, at), BODY.slice(at)])
      assert.deepEqual(found, { input: 1234, output: 56 }, `divided at ${at}`)
    }
    assert.deepEqual(scan([...BODY]), { input: 1234, output: 56 })
  })

  it('takes the last counts of a stream', () => {
    const event = (count: number) =>
      `data: {"usage": {"prompt_tokens" : 3, "completion_tokens": ${count}}}\n\n`
    assert.deepEqual(scan([event(1), event(20)]), { input: 3, output: 20 })
  })

  it('ignores texts that look like counts, and values of other types', () => {
    const content = 'the "prompt_tokens": 99'
    assert.deepEqual(scan([JSON.stringify({ content, completion_tokens: null, prompt_tokens: '8' })]), {
      ...{ input: null, output: null },
    })
  })
})
