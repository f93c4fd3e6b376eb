import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCircuit } from './circuit.ts'

describe('a circuit of three failures and a rest of 1000 ms', () => {
  const openCircuit = () => {
    const clock = { nowMs: 0 }
    const circuit = createCircuit(3, 1000, () => clock.nowMs)
    const fail = (times: number) => {
      for (let time = 0; time < times; time++) circuit.failed()
    }
    return { circuit, clock, fail }
  }

  it('lets everybody in while fewer have failed in a row', () => {
    const { circuit, fail } = openCircuit()
    fail(2)
    circuit.succeeded()
    fail(2)
    assert.ok(circuit.enter())
  })

  it('lets nobody in for the rest, and then one at a time until a call succeeds', () => {
    const { circuit, clock, fail } = openCircuit()
    fail(3)
    clock.nowMs = 999
    assert.equal(circuit.enter(), false)
    clock.nowMs = 1000
    assert.deepEqual([circuit.enter(), circuit.enter()], [true, false])
    fail(1)
    clock.nowMs = 1999
    assert.equal(circuit.enter(), false)
    clock.nowMs = 2000
    assert.ok(circuit.enter())
    circuit.succeeded()
    assert.deepEqual([circuit.enter(), circuit.enter()], [true, true])
  })
})
