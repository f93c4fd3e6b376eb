import type { ChatMessage } from './chat-messages.ts'

/** Tokens of an image, whatever its size. */
const IMAGE_TOKENS = 1000
/** Tokens of the role and the borders of a message. */
const MESSAGE_TOKENS = 4
/** Bytes of UTF-8 that count as a token, which is near to most tokenizers. */
export const BYTES_PER_TOKEN = 4

/** Estimates the tokens of a text. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN)
}

/** Estimates the tokens of a context. */
export function estimateMessages(messages: readonly ChatMessage[]): number {
  let tokens = 0
  for (const { content, tool_calls } of messages) {
    tokens += MESSAGE_TOKENS
    if (typeof content === 'string') tokens += estimateTokens(content)
    else
      for (const part of content ?? [])
        tokens += part.type === 'text' ? estimateTokens(part.text) : IMAGE_TOKENS
    for (const call of tool_calls ?? []) {
      tokens += MESSAGE_TOKENS + estimateTokens(call.function.name + call.function.arguments)
    }
  }
  return tokens
}
