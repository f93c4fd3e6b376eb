import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { encodeEvents, type WireEvent, withKeepAlive } from './event-stream.ts'

async function textsOf(events: AsyncIterable<WireEvent>, keepAliveMs: number): Promise<string[]> {
  const texts: string[] = []
  for await (const text of withKeepAlive(encodeEvents(events), keepAliveMs)) texts.push(text)
  return texts
}

describe('a stream of events', () => {
  it('numbers its events', async () => {
    async function* events() {
      yield { type: 'a', text: 'x\ny' }
      yield { type: 'b' }
    }
    assert.deepEqual(await textsOf(events(), 60_000), [
      'event: a\ndata: {"type":"a","sequence_number":0,"text":"x\\ny"}\n\n',
      'event: b\ndata: {"type":"b","sequence_number":1}\n\n',
    ])
  })

  it('sends comments while there is no event', async () => {
    const silence = Promise.withResolvers<void>()
    async function* events() {
      await silence.promise
      yield { type: 'a' }
    }
    const texts: string[] = []
    // The timer of the keep-alive does not keep the process running.
    const running = setInterval(() => {}, 1000)
    for await (const text of withKeepAlive(encodeEvents(events()), 1)) {
      texts.push(text)
      if (texts.length === 2) silence.resolve()
    }
    clearInterval(running)
    assert.deepEqual(texts.slice(0, 2), [': keep-alive\n\n', ': keep-alive\n\n'])
    assert.match(texts.at(-1) ?? '', /^event: a\n/)
  })

  it('ends its events when the reader goes', async () => {
    let isEnded = false
    async function* events() {
      try {
        for (;;) yield { type: 'a' }
      } finally {
        isEnded = true
      }
    }
    for await (const _text of withKeepAlive(encodeEvents(events()), 60_000)) break
    await setImmediate()
    assert.ok(isEnded)
  })
})
