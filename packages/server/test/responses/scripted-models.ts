import type { ChatChunk, ModelBody, ModelServer } from '../../src/models/model-server.ts'

/** One answer of the model: its chunks, or the error of a call that is refused. */
export type Script = readonly (Partial<ChatChunk> | Error)[] | Error

export interface ScriptedModels extends ModelServer {
  /** Bodies of the calls so far. */
  readonly calls: ModelBody[]
  /** Answers of the next calls, in their order; forgets those before. */
  play(...scripts: readonly Script[]): void
}

const EMPTY: ChatChunk = {
  ...{ model: 'small', text: '', refusal: '', reasoning: '', toolCalls: [], finishReason: null, usage: null },
}

/** Returns text that arrives in these pieces. */
export function answerOf(...pieces: readonly string[]): Script {
  return [...pieces.map((text) => ({ text })), { finishReason: 'stop' }]
}

/** Returns calls of functions. */
export function callsOf(...calls: readonly (readonly [name: string, given: object])[]): Script {
  const toolCalls = calls.map(([name, given], index) => ({
    ...{ index, id: `call_${index}`, name, arguments: JSON.stringify(given) },
  }))
  return [{ toolCalls }, { finishReason: 'tool_calls' }]
}

/** Creates models that answer as a test says. */
export function createScriptedModels(): ScriptedModels {
  const scripts: Script[] = []
  const calls: ModelBody[] = []
  return {
    calls,
    isConfigured: true,
    takeSlot: () => () => {},
    defaultModel: 'default',
    play: (...next) => void scripts.splice(0, scripts.length, ...next),
    listModels: async () => [],
    post: () => Promise.reject(new Error('not used')),
    streamChat: async (body, signal) => {
      calls.push(structuredClone(body))
      const script = scripts.shift() ?? answerOf('ok')
      if (script instanceof Error) throw script
      return (async function* () {
        for (const chunk of script) {
          signal.throwIfAborted()
          if (chunk instanceof Error) throw chunk
          yield { ...EMPTY, ...chunk }
        }
      })()
    },
  }
}
