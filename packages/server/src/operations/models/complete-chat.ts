import { type Caller, checkScope } from '../../domain/access/caller.ts'
import type { ContentPart, InputFile, Item } from '../../domain/conversations/item.ts'
import { ServiceError } from '../../domain/errors.ts'
import { fileIdOf } from '../../domain/ids.ts'
import type { JsonObject } from '../../domain/read-values.ts'
import type { ModelBody, ModelPath } from '../../models/model-server.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { loadContents } from '../responses/load-contents.ts'
import type { ResponseContext } from '../responses/run-response.ts'
import { readAnswerBytes } from './read-answer-bytes.ts'

export interface CompletionInput {
  /** Body of the request, which goes to the model server as it is, except for files by id. */
  readonly body: ModelBody
  readonly signal: AbortSignal
}

/** Answer of the model server: complete, or with its body unread when the request asks for a stream. */
export interface Completion {
  readonly contentType: string
  readonly body: string | ReadableStream<Uint8Array>
}

/** Largest answer that is not a stream. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Returns the answer of the model server to a chat completion. Files that messages name by id
 * become their text or, in `native` mode, their bytes.
 * Throws FILE_NOT_FOUND, UNSUPPORTED_FILE_TYPE, INSUFFICIENT_PERMISSIONS without `files:read`, and what `ModelServer`
 * throws.
 */
export const completeChat = defineOperation(
  { action: 'completeChat', kind: 'read', scope: 'models:use' },
  async (
    context: ResponseContext,
    caller: Caller,
    { body, signal }: CompletionInput,
  ): Promise<Completion> => {
    // The model server keeps nothing that this service does not know of.
    const { store: _store, metadata: _metadata, ...rest } = body
    const messages = await withFiles(context, caller, rest.messages, signal)
    return postInSlot(context, caller, 'chat/completions', { ...rest, messages }, signal)
  },
)

/** Returns the answer of the model server to a completion of the older API. */
export const completeText = defineOperation(
  { action: 'completeText', kind: 'read', scope: 'models:use' },
  (context: Pick<Context, 'models'>, caller: Caller, { body, signal }: CompletionInput) =>
    postInSlot(context, caller, 'completions', body, signal),
)

/** Returns the answer, which holds a slot of the organization until its body ends or the caller goes. */
async function postInSlot(
  { models }: Pick<Context, 'models'>,
  { organizationId }: Caller,
  path: ModelPath,
  request: ModelBody,
  signal: AbortSignal,
): Promise<Completion> {
  const release = models.takeSlot(organizationId)
  signal.addEventListener('abort', release, { once: true })
  try {
    const { contentType, body } = await models.post(path, request, signal)
    if (request.stream === true)
      return { contentType, body: body.pipeThrough(new TransformStream({ flush: release, cancel: release })) }
    const bytes = await readAnswerBytes(body, MAX_ANSWER_BYTES)
    release()
    return { contentType, body: bytes.toString('utf8') }
  } catch (error) {
    release()
    throw error
  }
}

/** Returns the messages with the contents of files in the place of their ids. */
async function withFiles(
  context: ResponseContext,
  caller: Caller,
  messages: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!Array.isArray(messages)) return messages
  const parts = new Map<unknown, InputFile>()
  const input = messages.map((message) => toItem(message, parts))
  if (parts.size === 0) return messages
  checkScope(caller, 'files:read')
  const request = { sent: input, history: [], input, retrieved: null, isRetrieval: false, question: '' }
  const { contents } = await loadContents(context, caller, { ...request, longFiles: 'whole' }, signal).catch(
    (error: unknown) => {
      throw inMessages(error)
    },
  )
  const replace = (part: unknown): readonly unknown[] => {
    const file = parts.get(part)
    return file === undefined ? [part] : (contents.get(file) ?? [])
  }
  return messages.map((message) => {
    const { content } = (message ?? {}) as JsonObject
    return Array.isArray(content) ? { ...message, content: content.flatMap<unknown>(replace) } : message
  })
}

/** Returns an item with the files of a message at their places, and empty texts for all other parts. */
function toItem(message: unknown, parts: Map<unknown, InputFile>): Item {
  const { content } = (message ?? {}) as JsonObject
  const toPart = (part: unknown): ContentPart => {
    const { type, file } = (part ?? {}) as JsonObject
    const { file_id: id } = (file ?? {}) as JsonObject
    if (type !== 'file' || typeof id !== 'string' || id === '') return { type: 'input_text', text: '' }
    const named: InputFile = {
      ...{ type: 'input_file', fileId: fileIdOf(id), base64: null, filename: null },
      isAttachment: false,
    }
    parts.set(part, named)
    return named
  }
  return {
    ...{ type: 'message', id: '', role: 'user', status: 'completed' },
    content: Array.isArray(content) ? content.map(toPart) : [],
  }
}

/** Returns the error with the place of the file in a chat completion. */
function inMessages(error: unknown): unknown {
  if (!(error instanceof ServiceError) || typeof error.details.field !== 'string') return error
  const place = error.details.field
    .replace(/^input\b/, 'messages')
    .replace(/(?:\.file_id)?$/, '.file.file_id')
  const field = place.includes('[') ? place : 'messages'
  const message = error.message.replaceAll(error.details.field, field)
  return new ServiceError(error.code, message, { ...error.details, field })
}
