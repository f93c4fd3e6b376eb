import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCircuitBreaker } from './circuit-breaker.ts'

describe('a circuit breaker with three failures and 1000 ms', () => {
  const setUp = () => {
    const clock = { nowMs: 0 }
    const circuit = createCircuitBreaker(3, 1000, () => clock.nowMs)
    const fail = (times: number) => {
      for (let time = 0; time < times; time++) circuit.failed()
    }
    return { circuit, clock, fail }
  }

  it('allows all calls after fewer consecutive failures', () => {
    const { circuit, fail } = setUp()
    fail(2)
    circuit.succeeded()
    fail(2)
    assert.ok(circuit.enter())
  })

  it('refuses all calls while open, and then allows one at a time until a call succeeds', () => {
    const { circuit, clock, fail } = setUp()
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
