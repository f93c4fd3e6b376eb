import type { RawReply, Reply } from '../models/scripted-model-server.ts'

/** Returns a reply with text that arrives in these pieces. */
export function answerOf(...pieces: readonly string[]): Reply {
  return { kind: 'text', pieces }
}

/** Returns a reply that calls functions. */
export function callsOf(...calls: readonly (readonly [name: string, given: object])[]): Reply {
  const tool_calls = calls.map(([name, given], index) => ({
    ...{ index, id: `call_${index}`, type: 'function' },
    function: { name, arguments: JSON.stringify(given) },
  }))
  return deltasOf([{ tool_calls }], 'tool_calls')
}

/** Returns a reply of these deltas; without a finish reason, the server breaks off after them. */
export function deltasOf(deltas: readonly object[], finishReason: string | null): RawReply {
  const choices = deltas.map((delta) => ({ index: 0, delta, finish_reason: null as string | null }))
  if (finishReason !== null) choices.push({ index: 0, delta: {}, finish_reason: finishReason })
  const text = choices.map((choice) => `data: ${JSON.stringify({ model: 'tiny', choices: [choice] })}\n\n`)
  return { kind: 'raw', text: text.join(''), breaksOff: finishReason === null }
}

/** Returns a reply with text that arrives in these pieces and then never ends. */
export function unfinishedOf(...pieces: readonly string[]): Reply {
  const deltas = pieces.map((content) => ({ content }))
  return { kind: 'stall', text: deltasOf(deltas, null).text }
}
