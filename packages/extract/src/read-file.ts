import { extractParts, isFileKind } from './extract-parts.ts'
import { finishParts } from './finish-parts.ts'
import type { Message } from './message.ts'
import { UnreadableFile } from './unreadable-file.ts'

const DAMAGED = 'The file is damaged. Open it in its program, save it again and upload the result.'

/** Sends the parts of a file, and how reading it ended. Errors of a library mean a damaged file. */
export async function readFile(
  kind: string,
  bytes: Buffer,
  maxTextBytes: number,
  send: (message: Message) => void,
): Promise<void> {
  if (!isFileKind(kind)) throw new Error(`no reader for "${kind}"`)
  try {
    for await (const parts of finishParts(await extractParts(kind, bytes), maxTextBytes)) {
      send({ type: 'parts', parts })
    }
    send({ type: 'end' })
  } catch (error) {
    if (error instanceof UnreadableFile) {
      send({ type: 'unreadable', code: error.code, message: error.message })
      return
    }
    // The operator finds the cause in the log; it is meaningless to the user who uploaded the file.
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    send({ type: 'unreadable', code: 'invalid_file', message: DAMAGED })
  }
}
