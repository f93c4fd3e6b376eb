import type { ExtractedText, TextPart } from '@waybill/extract/located-text.ts'
import * as v from 'valibot'
import { ExtractionFailure, OcrNeeded } from '../text-extractor.ts'

/** Limit of parts, each of which takes about 100 bytes of memory besides its text; `finishParts` has the same. */
const MAX_PARTS = 1_000_000

const Part = v.object({
  text: v.string(),
  kind: v.picklist(['paragraph', 'heading', 'list-item', 'table-header', 'table-row', 'code', 'note']),
  level: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(6))),
  page: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  pageKind: v.nullable(v.picklist(['page', 'slide', 'sheet', 'chapter'])),
})

const AnyMessage = v.variant('type', [
  v.object({ type: v.literal('parts'), parts: v.array(Part) }),
  v.object({ type: v.literal('end') }),
  v.object({
    type: v.literal('unreadable'),
    code: v.picklist(['unsupported_file', 'invalid_file', 'needs_ocr']),
    message: v.pipe(v.string(), v.maxLength(1_000)),
    cause: v.nullable(v.pipe(v.string(), v.maxLength(2_000))),
  }),
])

/** Collects the messages of a reader, which may be under the control of the file that it reads. */
export interface TextCollector {
  /** Returns the complete text with the last message, and null before. Throws `ExtractionFailure` or `OcrNeeded`. */
  take(message: unknown): ExtractedText | null
}

export function createTextCollector(maxTextBytes: number): TextCollector {
  const parts: TextPart[] = []
  let bytes = 0
  return {
    take(raw) {
      const { success, output: message } = v.safeParse(AnyMessage, raw)
      if (!success)
        throw new ExtractionFailure('server_error', 'The reader of the file sent an invalid message.')
      if (message.type === 'end') return { parts }
      if (message.type === 'unreadable') {
        if (message.code === 'needs_ocr') throw new OcrNeeded()
        const options = message.cause === null ? {} : { cause: new Error(message.cause) }
        throw new ExtractionFailure(message.code, message.message, options)
      }
      for (const part of message.parts) {
        bytes += Buffer.byteLength(part.text)
        parts.push(part)
      }
      // The reader checks the same limits, with messages for users.
      if (bytes > maxTextBytes || parts.length > MAX_PARTS)
        throw new ExtractionFailure('server_error', 'The reader of the file sent too much text.')
      return null
    },
  }
}
