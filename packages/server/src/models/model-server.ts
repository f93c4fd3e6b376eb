/**
 * OpenAI-compatible servers that run models, as the operator configured them. Requests carry the operator's key and
 * nothing of the client's credentials.
 *
 * Every method throws: MODEL_SERVER_NOT_CONFIGURED; MODEL_SERVER_ERROR when the server cannot be reached, refuses the
 * operator's key or fails; MODEL_SERVER_TIMEOUT; MODEL_NOT_FOUND for its 404; RATE_LIMIT_EXCEEDED for its 429, with
 * `details.retryAfterSeconds`; REQUEST_TOO_LARGE for its 413; MODEL_REQUEST_REFUSED for its 400, with the message, and
 * `details.upstreamCode` and `details.field` as it sent them; CONTEXT_LENGTH_EXCEEDED for a 400 that says so;
 * SERVICE_UNAVAILABLE after `close`. It throws the reason of `signal` when the caller has gone. Bodies and streams throw
 * the same.
 */
export interface ModelServer {
  /**
   * Models of all servers that answer within a few seconds; cached for a minute. An empty list when none is configured.
   * Throws when no server answers.
   */
  listModels(signal: AbortSignal): Promise<readonly Model[]>
  /** Returns the model of that list with this name; null when there is none. Throws when its server did not answer. */
  findModel(name: string, signal: AbortSignal): Promise<Model | null>
  /**
   * Posts a JSON body and returns the successful answer with its body unread. The body must be read to the end or
   * cancelled. `model` of the body chooses the server; null or an empty one is replaced by the default model.
   */
  post(path: ModelPath, body: ModelBody, signal: AbortSignal): Promise<ModelAnswer>
  /** Posts a chat completion with `stream: true`, and yields its chunks until `[DONE]` or the end. */
  streamChat(body: ModelBody, signal: AbortSignal): Promise<ChatStream>
  /**
   * Takes a slot of the organization for one answer and returns its release, which may be called twice. Throws
   * RATE_LIMIT_EXCEEDED when all slots are taken.
   */
  takeSlot(organizationId: string): () => void
  /** Returns the slots of all organizations in this process. */
  slots(): ModelSlots
  /** Name that stands for an absent model; null when there is none. */
  readonly defaultModel: string | null
  /** Ends all calls, those in progress too. */
  close(): void
}

export interface ModelSlots {
  readonly taken: number
  /** Refusals since the start of the process. */
  readonly refused: number
}

export type ModelPath = 'chat/completions' | 'completions' | 'embeddings'

export interface Model {
  readonly id: string
  /** Seconds since 1970; 0 when the server does not say. */
  readonly createdAtSeconds: number
  readonly ownedBy: string
}

export interface ModelBody extends Readonly<Record<string, unknown>> {
  readonly model?: unknown
}

export interface ModelAnswer {
  readonly contentType: string
  readonly body: ReadableStream<Uint8Array>
}

/** Chunks of one streamed completion. Throws MODEL_SERVER_ERROR when it ends without a finish reason. */
export type ChatStream = AsyncIterable<ChatChunk>

/** One `chat.completion.chunk` with what this service reads of it. */
export interface ChatChunk {
  /** Name of the model as the server says it; null when it does not. */
  readonly model: string | null
  readonly text: string
  readonly refusal: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCallDelta[]
  /** Reason of the end; null until the last chunk of the choice. */
  readonly finishReason: string | null
  /** Tokens of the call, in one chunk; null in the others, and in all when the server counts no tokens. */
  readonly usage: ChatUsage | null
}

export interface ToolCallDelta {
  /** Number of the call; null when the server sends none. Many servers send 0 for every call. */
  readonly index: number | null
  /** Set in the first delta of a call, by some servers in all, and never empty; null when the server sends none. */
  readonly id: string | null
  readonly name: string | null
  readonly arguments: string
}

export interface ChatUsage {
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly completionTokens: number
  readonly reasoningTokens: number
}
