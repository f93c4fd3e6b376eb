import { extractParts, isFileKind } from './extract-parts.ts'
import { finishParts } from './finish-parts.ts'
import type { Message, ReadRequest } from './message.ts'
import { MissingRecognizer } from './ocr/missing-recognizer.ts'
import { UnreadableFile } from './unreadable-file.ts'

const DAMAGED = new UnreadableFile(
  'invalid_file',
  'The file is damaged. Open it in its program, save it again and upload the result.',
)
const MAX_CAUSE_UNITS = 2_000

/**
 * Sends the parts of a file, and how reading it ended. Errors of a library mean a damaged file. Throws
 * `MissingRecognizer`.
 */
export async function readFile(
  { kind, maxTextBytes, ocr }: Omit<ReadRequest, 'bytes'>,
  bytes: Buffer,
  send: (message: Message) => void,
): Promise<void> {
  if (!isFileKind(kind)) throw new Error(`no reader for "${kind}"`)
  try {
    for await (const parts of finishParts(await extractParts(kind, bytes, ocr), maxTextBytes)) {
      send({ type: 'parts', parts })
    }
    send({ type: 'end' })
  } catch (error) {
    if (error instanceof MissingRecognizer) throw error
    const isExpected = error instanceof UnreadableFile
    const { code, message } = isExpected ? error : DAMAGED
    const cause = isExpected ? error.cause : error
    send({ type: 'unreadable', code, message, cause: cause === undefined ? null : describeCause(cause) })
  }
}

function describeCause(cause: unknown): string {
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
  return text.slice(0, MAX_CAUSE_UNITS)
}
