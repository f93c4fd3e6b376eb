import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createThreadCalls } from './thread-calls.ts'

/** Answers two requests in the wrong order, or ends. */
const THREAD = `
  const { parentPort } = require('node:worker_threads')
  const waiting = []
  parentPort.on('message', (request) => {
    if (request.text === 'end') process.exit()
    waiting.push(request)
    if (waiting.length === 2) {
      for (const { id, text } of waiting.splice(0).reverse()) parentPort.postMessage({ id, text: text + '!' })
    }
  })`

describe('calls to a thread', () => {
  const open = (test: TestContext) => {
    const calls = createThreadCalls<{ text: string }, { id: number; text: string }>({
      start: () => new Worker(THREAD, { eval: true }),
      toError: (reason, { text }) => new Error(`${text}: ${reason}`),
    })
    test.after(calls.end)
    return { ...calls, ask: async (text: string) => (await calls.call({ text })).text }
  }

  it('get their own answers, in any order', async (test) => {
    const { ask } = open(test)
    assert.deepEqual(await Promise.all([ask('a'), ask('b')]), ['a!', 'b!'])
  })

  it('fail when the thread ends, and the next ones have a new thread', async (test) => {
    const { ask } = open(test)
    await Promise.all([
      assert.rejects(ask('a'), { message: 'a: its thread ended' }),
      assert.rejects(ask('end'), { message: 'end: its thread ended' }),
    ])
    assert.deepEqual(await Promise.all([ask('b'), ask('c')]), ['b!', 'c!'])
  })

  it('end with the reason of their signal, and their late answer reaches no other', async (test) => {
    const { call, ask } = open(test)
    const stopping = new AbortController()
    const stopped = call({ text: 'a' }, stopping.signal)
    stopping.abort(new Error('no more'))
    await assert.rejects(stopped, { message: 'no more' })
    await assert.rejects(call({ text: 'b' }, stopping.signal), { message: 'no more' })
    assert.equal(await ask('c'), 'c!')
  })

  it('are waited for', async (test) => {
    const { ask, settled, end } = open(test)
    const answers = Promise.all([ask('a'), ask('b')])
    await settled()
    await end()
    assert.deepEqual(await answers, ['a!', 'b!'])
  })
})
