import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { FileSearchCall, FunctionCall, Item, Message } from '../../src/domain/conversations/item.ts'
import { asData, type ChatMessage, toChatMessages } from '../../src/operations/responses/chat-messages.ts'
import { fitContext } from '../../src/operations/responses/response-context.ts'

const CALL: FunctionCall = {
  ...{ type: 'function_call', id: 'fc_1', callId: 'call_1', name: 'weather', arguments: '{}' },
  status: 'completed',
}
const OUTPUT: Item = {
  ...{ type: 'function_call_output', id: 'fco_1', callId: 'call_1', output: 'rain', status: 'completed' },
}
const LONG = 'long '.repeat(2000)

function message(role: Message['role'], text: string): Message {
  const content = [{ type: 'input_text', text } as const]
  return { type: 'message', id: `msg_${role}`, role, status: 'completed', content }
}

function search(id: string): FileSearchCall {
  return { type: 'file_search_call', id, status: 'completed', queries: ['q'], results: [] }
}

function shapeOf(messages: readonly ChatMessage[]) {
  return messages.map(({ role, tool_calls, tool_call_id }) =>
    [role, ...(tool_calls ?? []).map(({ id }) => id), tool_call_id].filter((part) => part !== undefined),
  )
}

function fit(history: readonly Item[], current: readonly Item[], instructions: string | null = null) {
  return fitContext({
    ...{ history, current, instructions, contents: new Map(), functions: [], searchFunction: null },
    ...{ truncation: 'drop-oldest', maxOutputTokens: null, contextTokens: 2000 },
  }).messages
}

it('puts no message between a call and its output when the model also searched', () => {
  const items = [message('user', 'hi'), CALL, search('fs_1'), search('fs_2'), OUTPUT]
  const options = { instructions: null, contents: new Map(), sources: new Map() }
  assert.deepEqual(shapeOf(toChatMessages(items, { ...options, searchFunction: 'file_search' })), [
    ['user'],
    ['assistant', 'call_1', 'fs_1', 'fs_2'],
    ['tool', 'fs_1'],
    ['tool', 'fs_2'],
    ['tool', 'call_1'],
  ])
  assert.deepEqual(shapeOf(toChatMessages(items, { ...options, searchFunction: null })), [
    ['user'],
    ['assistant', 'call_1'],
    ['tool', 'call_1'],
  ])
})

it('keeps rounds of searches apart', () => {
  const messages = toChatMessages([message('user', 'hi'), search('fs_1'), search('fs_2')], {
    ...{ instructions: null, contents: new Map(), sources: new Map(), searchFunction: 'file_search' },
  })
  const shape = [['user'], ['assistant', 'fs_1'], ['tool', 'fs_1'], ['assistant', 'fs_2'], ['tool', 'fs_2']]
  assert.deepEqual(shapeOf(messages), shape)
})

it('drops the oldest items of an input that carries its own history, but no message of the system', () => {
  const system = message('system', 'be brief')
  const input = [system, message('user', LONG), message('assistant', 'old'), message('user', 'new')]
  assert.deepEqual(shapeOf(fit([], input)), [['system'], ['assistant'], ['user']])
})

it('counts the instructions once when it drops items', () => {
  const history = Array.from({ length: 20 }, () => message('user', 'short'))
  assert.equal(fit(history, [message('user', 'new')], 'rule '.repeat(800)).length, 22)
})

it('drops a call together with its output, and neither when the output is new', () => {
  const question = message('user', 'new')
  assert.deepEqual(shapeOf(fit([{ ...CALL, arguments: LONG }, OUTPUT], [question])), [['user']])
  const older = [message('user', LONG), message('user', 'hi'), CALL]
  assert.deepEqual(shapeOf(fit(older, [OUTPUT])), [['user'], ['assistant', 'call_1'], ['tool', 'call_1']])
  const tooLong = { ...CALL, arguments: LONG }
  assert.throws(() => fit([message('user', 'hi'), tooLong], [OUTPUT]), { code: 'CONTEXT_LENGTH_EXCEEDED' })
})

it('drops older calls whose ids newer turns repeat, and their outputs', () => {
  const older = [message('user', LONG), CALL, OUTPUT, message('assistant', 'rain'), message('user', 'again?')]
  const newest = [['user'], ['assistant', 'call_1'], ['tool', 'call_1']]
  assert.deepEqual(shapeOf(fit([...older, CALL], [OUTPUT])), [
    ...[['assistant', 'call_1'], ['tool', 'call_1'], ['assistant']],
    ...newest,
  ])
  const long = { ...CALL, arguments: LONG }
  assert.deepEqual(shapeOf(fit([long, OUTPUT, message('user', 'again?'), CALL], [OUTPUT])), newest)
})

it('marks texts as data in one pass, also when they are made to be slow', () => {
  const spaces = ' '.repeat(400_000)
  assert.equal(asData(`<${spaces}<${spaces}/ file>`), `<${spaces}‹${spaces}/ file>`)
})
