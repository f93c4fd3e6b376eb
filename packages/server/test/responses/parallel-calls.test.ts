import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readChatChunk } from '../../src/models/chat-chunk.ts'
import type { Output } from '../../src/operations/responses/item-writers.ts'
import { readAnswer } from '../../src/operations/responses/read-answer.ts'

const [PARIS, ROME] = ['{"city":"Paris"}', '{"city":"Rome"}']

interface Sent {
  readonly index?: number
  readonly id?: string
  readonly name?: string
  readonly text?: string
}

/** Chunks of a model server, each with its deltas of calls. */
type Chunks = readonly (readonly Sent[])[]

async function* chunksOf(chunks: Chunks) {
  for (const sent of chunks) {
    const tool_calls = sent.map(({ name, text, ...rest }) => ({
      ...rest,
      function: { ...(name !== undefined && { name }), ...(text !== undefined && { arguments: text }) },
    }))
    yield readChatChunk({ choices: [{ delta: { tool_calls } }] })
  }
  yield readChatChunk({ choices: [{ delta: {}, finish_reason: 'tool_calls' }] })
}

/** Returns the id and arguments of each call, and the arguments of the searches. */
async function read(chunks: Chunks, searchFunction: string | null = null) {
  const output: Output = []
  const functionNames = new Set(['get', 'set'])
  const events = readAnswer(chunksOf(chunks), { output, sources: null, functionNames, searchFunction })
  let step = await events.next()
  while (!step.done) step = await events.next()
  const calls = output.map((item) => (item.type === 'function_call' ? [item.callId, item.arguments] : []))
  return { calls, searches: step.value.searches }
}

const TWO_CALLS: readonly (readonly [title: string, chunks: Chunks])[] = [
  [
    'that are all numbered 0, in chunks of their own',
    [
      [{ index: 0, id: 'call_a', name: 'get', text: PARIS }],
      [{ index: 0, id: 'call_b', name: 'get', text: ROME }],
    ],
  ],
  [
    'that are all numbered 0, in one chunk',
    [
      [
        { index: 0, id: 'call_a', name: 'get', text: PARIS },
        { index: 0, id: 'call_b', name: 'get', text: ROME },
      ],
    ],
  ],
  [
    'without numbers',
    [[{ id: 'call_a', name: 'get', text: PARIS }], [{ id: 'call_b', name: 'get', text: ROME }]],
  ],
  [
    'without numbers, whose pieces tell the id or come after the newest',
    [
      [
        { id: 'call_a', name: 'get', text: '{"city"' },
        { id: 'call_b', name: 'get', text: '{"city"' },
      ],
      [{ id: 'call_b', text: ':"Rome"}' }],
      [{ id: 'call_a', text: ':"Paris"}' }],
    ],
  ],
  [
    'that are all numbered 0, in pieces',
    [
      [{ index: 0, id: 'call_a', name: 'get', text: '' }],
      [{ index: 0, text: '{"city":' }],
      [{ index: 0, text: '"Paris"}' }],
      [{ index: 0, id: 'call_b', name: 'get' }],
      [{ index: 0, text: ROME }],
    ],
  ],
  [
    'whose id and name are in each piece',
    [
      [{ index: 0, id: 'call_a', name: 'get', text: '{"city":' }],
      [{ index: 0, id: 'call_a', name: 'get', text: '"Paris"}' }],
      [{ index: 0, id: 'call_b', name: 'get', text: ROME }],
      [{ index: 0, id: 'call_b', name: 'get', text: '' }],
    ],
  ],
  [
    'with an id of its own for each piece',
    [
      [{ index: 0, id: 'call_a', name: 'get' }],
      [{ index: 0, id: 'piece_1', text: '{"city":' }],
      [{ index: 0, id: 'piece_2', text: '"Paris"}' }],
      [{ index: 1, id: 'call_b', name: 'get' }],
      [{ index: 1, id: 'piece_3', text: ROME }],
    ],
  ],
  [
    'with numbers, in alternating pieces with empty ids and names',
    [
      [{ index: 0, id: 'call_a', name: 'get' }],
      [{ index: 1, id: 'call_b', name: 'get' }],
      [{ index: 0, id: '', name: '', text: PARIS }],
      [{ index: 1, id: '', name: '', text: ROME }],
    ],
  ],
]

describe('a model that calls functions in parallel', () => {
  for (const [title, chunks] of TWO_CALLS) {
    it(`is read as two calls ${title}`, async () => {
      const { calls } = await read(chunks)
      assert.deepEqual(calls, [
        ['call_a', PARIS],
        ['call_b', ROME],
      ])
    })
  }

  it('is read as two calls, with ids of this service, when it gives none or empty ones', async () => {
    for (const id of [undefined, '']) {
      const given = { index: 0, ...(id !== undefined && { id }) }
      const { calls } = await read([
        [{ ...given, name: 'get', text: '{"city":' }],
        [{ ...given, name: 'get', text: '"Paris"}' }],
        [{ ...given, name: 'get', text: '' }],
        [{ ...given, name: 'set' }],
        [{ ...given, text: '{"city":"' }],
        [{ ...given, text: 'Rome"}' }],
      ])
      assert.deepEqual(
        calls.map(([, text]) => text),
        [PARIS, ROME],
      )
      const ids = calls.map(([callId]) => callId ?? '')
      assert.ok(ids[0] !== ids[1] && ids.every((callId) => /^call_[0-9a-f]{32}$/.test(callId)), `${ids}`)
    }
  })

  it('is read as one call when its id comes after its name', async () => {
    const { calls } = await read([[{ index: 0, name: 'get' }], [{ index: 0, id: 'call_a', text: PARIS }]])
    assert.deepEqual(
      calls.map(([, text]) => text),
      [PARIS],
    )
  })

  it('makes a search of each call of the search', async () => {
    for (const index of [{ index: 0 }, {}]) {
      const { searches } = await read(
        [
          [{ ...index, id: 'call_a', name: 'search', text: PARIS }],
          [{ ...index, id: 'call_b', name: 'search', text: ROME }],
        ],
        'search',
      )
      assert.deepEqual(searches, [PARIS, ROME])
    }
  })
})
