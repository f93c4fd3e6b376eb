import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { eventData } from '../src/event-data.ts'

async function dataOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  const source = async function* () {
    yield* pieces
  }
  const list: string[] = []
  for await (const data of eventData(source())) list.push(data)
  return list
}

describe('the data of events', () => {
  const text = [
    ': a comment\n\n',
    'event: a\ndata: {"text":"é🦊"}\n\n',
    'data:first\r\ndata: second\r\n\r\n',
    'id: 7\n\n',
    'data: cut off\n',
  ].join('')
  const expected = ['{"text":"é🦊"}', 'first\nsecond']
  const bytes = new TextEncoder().encode(text)

  it('is that of whole events, without comments and other fields', async () => {
    assert.deepEqual(await dataOf([bytes]), expected)
  })

  it('is the same wherever the stream is cut into pieces', async () => {
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(await dataOf([bytes.slice(0, cut), bytes.slice(cut)]), expected, `cut at ${cut}`)
    }
  })
})
