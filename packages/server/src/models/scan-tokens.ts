import type { ModelTokens } from '../domain/models/model-call.ts'

export interface TokenScan {
  add(piece: Uint8Array): void
  /** Returns the last counts so far. */
  tokens(): ModelTokens
}

/** Longest piece of text that contains a count. */
const MAX_COUNT_LENGTH = 64
/** Within a JSON text, the quotes would be escaped: only members have this form. */
const COUNTS = /"(prompt|completion)_tokens"\s*:\s*(\d{1,15})/g
const NAME_END = '_tokens"'

/**
 * Finds the tokens of `usage` in an answer of OpenAI's format that passes through, as JSON or as an event stream. Holds
 * nothing of the answer except its last bytes.
 */
export function createTokenScan(): TokenScan {
  let rest = Buffer.alloc(0)
  let tokens: ModelTokens = { input: null, output: null }
  return {
    add: (piece) => {
      const bytes = Buffer.concat([rest, piece])
      rest = bytes.subarray(-MAX_COUNT_LENGTH)
      if (!bytes.includes(NAME_END)) return
      for (const [, name, count] of bytes.toString('latin1').matchAll(COUNTS)) {
        tokens = { ...tokens, [name === 'prompt' ? 'input' : 'output']: Number(count) }
      }
    },
    tokens: () => tokens,
  }
}
