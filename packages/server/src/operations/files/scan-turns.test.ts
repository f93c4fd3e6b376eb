import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createScanTurns } from './scan-turns.ts'

/** Turns whose work is named by its organization and a number, and ends when a test says so. */
function startTurns(max: number, maxPerOrganization: number) {
  const turns = createScanTurns({ max, maxPerOrganization })
  const running = new Map<string, () => void>()
  const begun: string[] = []
  const ended = new Map<string, Promise<unknown>>()
  return {
    begun,
    take: (organizationId: string, ...numbers: number[]) => {
      for (const number of numbers) {
        const name = `${organizationId}${number}`
        const { promise, resolve } = Promise.withResolvers<void>()
        const work = () => {
          begun.push(name)
          running.set(name, resolve)
          return promise
        }
        ended.set(name, turns.take(organizationId, work))
      }
    },
    end: async (name: string) => {
      running.get(name)?.()
      await ended.get(name)
    },
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('turns of scans', () => {
  it('go round between organizations, each in the order of its calls', async () => {
    const { begun, take, end } = startTurns(1, 1)
    take('a', 1, 2, 3)
    take('b', 1)
    take('c', 1, 2)
    for (const name of ['a1', 'a2', 'b1', 'c1', 'a3', 'c2']) {
      await settled()
      await end(name)
    }
    assert.deepEqual(begun, ['a1', 'a2', 'b1', 'c1', 'a3', 'c2'])
  })

  it('leave room for others while one organization has as many as it may', async () => {
    const { begun, take, end } = startTurns(4, 3)
    take('a', 1, 2, 3, 4, 5)
    await settled()
    assert.deepEqual(begun, ['a1', 'a2', 'a3'])
    take('b', 1, 2)
    await settled()
    assert.deepEqual(begun, ['a1', 'a2', 'a3', 'b1'])
    await end('b1')
    await settled()
    assert.deepEqual(begun.at(-1), 'b2')
    await end('a1')
    await settled()
    assert.deepEqual(begun.at(-1), 'a4')
  })

  it('go on after work that fails', async () => {
    const turns = createScanTurns({ max: 1, maxPerOrganization: 1 })
    const failing = turns.take('a', async () => assert.fail('no scanner'))
    const next = turns.take('a', async () => 'done')
    await assert.rejects(failing, /no scanner/)
    assert.equal(await next, 'done')
  })
})
