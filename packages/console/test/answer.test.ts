import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FileCitation, ResponseEvent } from '@waybill/sdk'
import { type Answer, BEGUN, isRunning, withEvent } from '../src/ask/answer.ts'

const place = { sequence_number: 0, output_index: 1, item_id: 'msg_1', content_index: 0 }
const citation: Omit<FileCitation, 'index'> = {
  type: 'file_citation',
  file_id: 'file_1',
  filename: 'a.txt',
  chunk_id: 'x',
  page: null,
  start_offset: 0,
  end_offset: 5,
  quote: 'found',
}
const search = { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['fox'] } as const
const passage = { ...citation, vector_store_id: 'vs_1', score: 1, attributes: {}, text: 'found text' }

const SEARCHING: ResponseEvent = { type: 'response.file_search_call.searching', ...place }
const FOUND: ResponseEvent = {
  ...{ type: 'response.output_item.done', ...place },
  item: { ...search, results: [passage] },
}
const PART: ResponseEvent = {
  ...{ type: 'response.content_part.added', ...place },
  part: { type: 'output_text', text: '', annotations: [] },
}
const text = (delta: string): ResponseEvent => ({ type: 'response.output_text.delta', ...place, delta })
const cited = (index: number): ResponseEvent => ({
  ...{ type: 'response.output_text.annotation.added', ...place, annotation_index: 0 },
  annotation: { ...citation, index },
})
const after = (...events: readonly ResponseEvent[]): Answer => events.reduce(withEvent, BEGUN)

describe('an answer', () => {
  it('is searching, then waits for the model, then is written', () => {
    const states = [[SEARCHING], [SEARCHING, FOUND], [SEARCHING, FOUND, PART, text('A')]].map(
      (events) => after(...events).state,
    )
    assert.deepEqual(states, ['searching', 'waiting', 'writing'])
    assert.ok(isRunning(after(SEARCHING, FOUND, PART, text('A'))))
  })

  it('has the queries and the passages of its searches', () => {
    const { queries, passages } = after(SEARCHING, FOUND)
    assert.deepEqual(queries, ['fox'])
    assert.equal(passages.get('x'), 'found text')
  })

  it('has one text, in which the citations of all its parts count', () => {
    const answer = after(PART, text('One'), cited(3), PART, text('Two'), text('.'), cited(3))
    assert.equal(answer.text, 'One\n\nTwo.')
    assert.deepEqual(
      answer.citations.map(({ index }) => answer.text.slice(0, index)),
      ['One', 'One\n\nTwo'],
    )
  })

  it('shows the words of a refusal', () => {
    const refusal: ResponseEvent = { type: 'response.refusal.delta', ...place, delta: 'I cannot say.' }
    assert.equal(after(PART, refusal).text, 'I cannot say.')
  })
})
