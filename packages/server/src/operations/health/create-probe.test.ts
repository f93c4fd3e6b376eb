import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createProbe } from './create-probe.ts'

const TIMEOUT_MS = 20

describe('createProbe', () => {
  it('resolves in time when the check hangs, and runs one check for concurrent calls', async () => {
    const answer = Promise.withResolvers<void>()
    const reasons: unknown[] = []
    let asked = 0
    const probe = createProbe(
      () => {
        asked++
        return answer.promise
      },
      TIMEOUT_MS,
      (error) => reasons.push(error),
    )
    const results = await Promise.all([probe(), probe()])
    results.push(await probe())
    assert.deepEqual(
      results.map(({ isUp }) => isUp),
      [false, false, false],
    )
    assert.equal(asked, 1)
    assert.match(String(reasons), /^Error: no response within 20 ms$/)
    answer.resolve()
    assert.equal((await probe()).isUp, true)
  })

  it('reports the error once each time that the check begins to fail', async () => {
    const outcomes = ['', 'gone', 'gone', '', 'broken']
    const reasons: string[] = []
    const probe = createProbe(
      async () => {
        const outcome = outcomes.shift()
        if (outcome) throw new Error(outcome)
      },
      TIMEOUT_MS,
      (error) => reasons.push(String(error)),
    )
    const states = []
    while (outcomes.length > 0) states.push((await probe()).isUp)
    assert.deepEqual(states, [true, false, false, true, false])
    assert.deepEqual(reasons, ['Error: gone', 'Error: broken'])
  })
})
