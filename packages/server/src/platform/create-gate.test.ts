import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGate } from './create-gate.ts'

describe('createGate', () => {
  it('limits concurrent tasks and starts the others in order, also after failures', async () => {
    const gate = createGate(2)
    const begun: number[] = []
    let running = 0
    const results = await Promise.allSettled(
      [0, 1, 2, 3, 4, 5].map((number) =>
        gate(async () => {
          begun.push(number)
          assert.ok(++running <= 2)
          await new Promise(setImmediate)
          running--
          if (number % 2 === 1) throw new Error('failed')
          return number
        }),
      ),
    )
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5])
    const values = results.map((result) => (result.status === 'fulfilled' ? result.value : null))
    assert.deepEqual(values, [0, null, 2, null, 4, null])
    assert.equal(await gate(async () => 'later'), 'later')
  })

  it('starts patient tasks after the urgent ones that wait', async () => {
    const gate = createGate(1)
    const begun: string[] = []
    const begin = (name: string) => async () => void begun.push(name)
    await Promise.all([
      gate(begin('first')),
      gate(begin('patient'), 'patient'),
      gate(begin('also patient'), 'patient'),
      gate(begin('urgent'), 'urgent'),
      gate(begin('also urgent')),
    ])
    assert.deepEqual(begun, ['first', 'urgent', 'also urgent', 'patient', 'also patient'])
  })

  it('yields to the event loop between tasks without asynchronous work', async () => {
    const gate = createGate(2)
    const begun: number[] = []
    const all = Promise.all([1, 2, 3, 4, 5, 6].map((number) => gate(async () => begun.push(number))))
    await new Promise(setImmediate)
    assert.ok(begun.length <= 4, String(begun))
    await all
    assert.equal(begun.length, 6)
  })
})
