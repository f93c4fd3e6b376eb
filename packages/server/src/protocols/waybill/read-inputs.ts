import { readImageUrl } from '../../domain/conversations/image-url.ts'
import type { ContentPart, InputFile, Message, NewItem } from '../../domain/conversations/item.ts'
import { fileIdOf } from '../../domain/ids.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import {
  isAbsent,
  type JsonObject,
  readId,
  readList,
  readObject,
  readOneOf,
  readText,
} from '../../domain/read-values.ts'

const MAX_MESSAGES = 500
const MAX_PARTS = 100
const MAX_TEXT_LENGTH = 10_485_760
const MAX_URL_LENGTH = 20 * 1024 * 1024

/**
 * Returns the messages of a request, 1 to 500. Older clients send `texts`, `images` and `files` instead of `content`.
 * Throws VALIDATION_ERROR with the place of the value, such as `inputs[0].content[1].text`.
 */
export function readInputs(value: unknown, path: string): readonly NewItem[] {
  return readList(value, path, MAX_MESSAGES, 1).map((message, index) =>
    readMessage(message, `${path}[${index}]`),
  )
}

function readMessage(value: unknown, path: string): NewItem {
  const message = readObject(value, path)
  const role = readOneOf(message.role, `${path}.role`, ['user', 'assistant', 'system'])
  for (const member of ['audio', 'audios']) {
    const sent = message[member]
    if (isAbsent(sent) || (Array.isArray(sent) && sent.length === 0)) continue
    throw invalidValue(`${path}.${member}`, 'unsupported', 'is not supported')
  }
  if (!isAbsent(message.id)) readId(message.id, `${path}.id`)
  const content = [
    ...readContent(message.content, role, `${path}.content`),
    ...partsOf(message.texts, `${path}.texts`, (one, at) => readOlderText(one, role, at)),
    ...partsOf(message.images, `${path}.images`, readImage),
    ...partsOf(message.files, `${path}.files`, (one, at) => readFile(readObject(one, at), at)),
  ]
  if (content.length === 0) throw invalidValue(`${path}.content`, 'missing', 'is required')
  return { type: 'message', role, status: 'completed', content }
}

function partsOf(
  value: unknown,
  path: string,
  read: (value: unknown, path: string) => ContentPart,
): readonly ContentPart[] {
  if (isAbsent(value)) return []
  return readList(value, path, MAX_PARTS).map((one, index) => read(one, `${path}[${index}]`))
}

function readContent(value: unknown, role: Message['role'], path: string): readonly ContentPart[] {
  if (typeof value === 'string') return value === '' ? [] : [readPart(value, role, path)]
  return partsOf(value, path, (one, at) => {
    const block = readObject(one, at)
    const type = isAbsent(block.type) ? 'text' : readOneOf(block.type, `${at}.type`, ['text', 'file'])
    return type === 'file' ? readFile(block, at) : readPart(block.text, role, `${at}.text`)
  })
}

/** Reads a text of the older form: an object with the text, or the text itself. */
function readOlderText(value: unknown, role: Message['role'], path: string): ContentPart {
  if (typeof value === 'string') return readPart(value, role, path)
  return readPart(readObject(value, path).text, role, `${path}.text`)
}

function readPart(value: unknown, role: Message['role'], path: string): ContentPart {
  const text = readText(value, path, MAX_TEXT_LENGTH)
  return role === 'assistant' ? { type: 'output_text', text, citations: [] } : { type: 'input_text', text }
}

/** Reads a file of a message. All files of a request share the space for files. */
function readFile(file: JsonObject, path: string): InputFile {
  return {
    type: 'input_file',
    fileId: readFileId(file, path),
    base64: null,
    filename: null,
    isAttachment: true,
  }
}

function readImage(value: unknown, path: string): ContentPart {
  const image = readObject(value, path)
  const base = { type: 'input_image', detail: null } as const
  if (isAbsent(image.url)) return { ...base, url: null, fileId: readFileId(image, path) }
  return { ...base, url: readImageUrl(image.url, `${path}.url`, MAX_URL_LENGTH), fileId: null }
}

/** Reads the id of a File, which older clients call `fileId`. */
function readFileId(file: JsonObject, path: string): string {
  const name = isAbsent(file.file_id) && !isAbsent(file.fileId) ? 'fileId' : 'file_id'
  return fileIdOf(readId(file[name], `${path}.${name}`))
}
