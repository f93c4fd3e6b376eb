import type { JSONSchema } from 'json-schema-to-ts'
import type { ContentPart, InputFile, Message, NewItem } from '../../domain/conversations/item.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { readId, readText } from '../../domain/read-values.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { threadId } from './thread-id.ts'
import { Id, toTime } from './vector-store-shapes.ts'

const MAX_TEXT_LENGTH = 10_485_760
const MAX_BLOCKS = 100
const MAX_ATTACHMENTS = 20

/** Message as a client sends it. */
export const NewMessage = object(
  {
    role: { type: 'string', enum: ['user', 'assistant', 'system'] },
    content: {
      anyOf: [
        {
          type: 'array',
          minItems: 1,
          maxItems: MAX_BLOCKS,
          items: object(
            {},
            {
              type: { type: 'string', enum: ['text', 'file'], default: 'text' },
              text: { type: 'string' },
              file_id: Id,
            },
          ),
        },
        { type: 'string' },
      ],
      description: 'A text, or blocks of text and files.',
    },
  },
  {
    attachments: nullable(
      { type: 'array', items: object({ file_id: Id }), maxItems: MAX_ATTACHMENTS },
      'Files beside the content.',
    ),
  },
)
type NewMessage = TypeOf<typeof NewMessage>

/** Returns the item of a message that a client sends. `path` is its place. Throws VALIDATION_ERROR. */
export function toNewMessage({ role, content, attachments }: NewMessage, path: string): NewItem {
  const at = (member: string) => placeOf(path, member)
  const blocks = typeof content === 'string' ? [{ text: content }] : content
  const parts = blocks.map((block, index) => toPart(block, role, at(`content[${index}]`)))
  const files = (attachments ?? []).map(({ file_id }, index) =>
    fileOf(readId(file_id, at(`attachments[${index}].file_id`)), true),
  )
  return { type: 'message', role, status: 'completed', content: [...parts, ...files] }
}

/**
 * Returns the error of a file in new messages with its place in the request, where attachments stand beside the content.
 * `pathOf` returns the place of a message, empty for the body. Other errors are unchanged.
 */
export function inMessages(
  error: unknown,
  items: readonly NewItem[],
  pathOf: (index: number) => string,
): unknown {
  if (!(error instanceof ServiceError) || typeof error.details.field !== 'string') return error
  const place = /^items\[(\d+)\]\.content\[(\d+)\](.*)$/.exec(error.details.field)
  if (place === null) return error
  const [itemIndex, partIndex] = [Number(place[1]), Number(place[2])]
  const item = items[itemIndex]
  const parts = item?.type === 'message' ? item.content : []
  const blockCount = parts.filter((part) => !isAttachment(part)).length
  const member = partIndex < blockCount ? `content[${partIndex}]` : `attachments[${partIndex - blockCount}]`
  const field = `${placeOf(pathOf(itemIndex), member)}${place[3]}`
  return new ServiceError(error.code, error.message, { ...error.details, field }, { cause: error })
}

function placeOf(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`
}

interface Block {
  readonly type?: 'text' | 'file'
  readonly text?: string
  readonly file_id?: string
}

function toPart({ type = 'text', text, file_id }: Block, role: Message['role'], path: string): ContentPart {
  if (type === 'file') return fileOf(readId(file_id, `${path}.file_id`), false)
  const read = readText(text, `${path}.text`, MAX_TEXT_LENGTH)
  if (file_id !== undefined)
    throw invalidValue(`${path}.file_id`, 'invalid', 'belongs to blocks of the type file')
  return role === 'assistant'
    ? { type: 'output_text', text: read, citations: [] }
    : { type: 'input_text', text: read }
}

function fileOf(id: string, isAttachment: boolean): InputFile {
  return { type: 'input_file', fileId: fileIdOf(id), base64: null, filename: null, isAttachment }
}

const AttachedFile = object({
  file_id: { type: 'string' },
  filename: nullable({ type: 'string' }, 'Null if the File is deleted.'),
  mime_type: nullable({ type: 'string' }, 'Null if the File is deleted.'),
})

const ContentBlock = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', enum: ['text', 'file', 'image', 'refusal'] } },
  additionalProperties: true,
} as const satisfies JSONSchema

export const MessageBody = object({
  id: { type: 'string', examples: ['msg_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  thread_id: { type: 'string', examples: ['thrd_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  role: { type: 'string', enum: ['user', 'assistant', 'system'] },
  content: { type: 'array', items: ContentBlock, description: 'Blocks of text, files, images and refusals.' },
  attachments: { type: 'array', items: AttachedFile },
  response_id: nullable({ type: 'string' }, 'The response that added the message; null if a client did.'),
  created_at: Time,
})
export type MessageBody = TypeOf<typeof MessageBody>

interface StoredMessage {
  readonly message: Message
  readonly responseId: string | null
  readonly createdAtMs: number
}

/** Returns a message; `files` has the Files that still exist. */
export function toMessageBody(
  conversationId: string,
  { message, responseId, createdAtMs }: StoredMessage,
  files: ReadonlyMap<string, File>,
): MessageBody {
  const attached = message.content.filter(isAttachment)
  return {
    id: message.id,
    thread_id: threadId(conversationId),
    role: message.role,
    content: message.content
      .filter((part) => !isAttachment(part))
      .map((part) => toBlock(part, files)) as MessageBody['content'],
    attachments: attached.map(({ fileId }) => nameFile(fileId ?? '', files)),
    response_id: responseId,
    created_at: toTime(createdAtMs),
  }
}

function isAttachment(part: ContentPart): part is InputFile {
  return part.type === 'input_file' && part.isAttachment
}

function nameFile(fileId: string, files: ReadonlyMap<string, File>) {
  const file = files.get(fileId)
  return { file_id: fileId, filename: file?.filename ?? null, mime_type: file?.contentType ?? null }
}

/** Returns a part of the content as the JSON API shows it. */
function toBlock(part: ContentPart, files: ReadonlyMap<string, File>): Readonly<Record<string, unknown>> {
  switch (part.type) {
    case 'input_text':
      return { type: 'text', text: part.text }
    case 'output_text': {
      const annotations = part.citations.map(({ index, fileId, filename, chunkId, page, quote }) => ({
        ...{ type: 'file_citation', index, file_id: fileId, filename },
        ...{ chunk_id: chunkId, page, quote },
      }))
      return { type: 'text', text: part.text, annotations }
    }
    case 'refusal':
      return { type: 'refusal', refusal: part.refusal }
    case 'input_image':
      return { type: 'image', ...(part.fileId === null ? { url: part.url } : { file_id: part.fileId }) }
    case 'input_file':
      if (part.fileId === null) return { type: 'file', file_id: null, filename: part.filename }
      return { type: 'file', ...nameFile(part.fileId, files) }
  }
}
