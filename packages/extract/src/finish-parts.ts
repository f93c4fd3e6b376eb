import type { TextPart } from './located-text.ts'
import { UnreadableFile } from './unreadable-file.ts'

const MAX_PART_UNITS = 32_768
/** Longest heading; a longer one is text that only looks like a heading. */
const MAX_HEADING_UNITS = 1_000
/** Size of a batch, which limits the number of messages and the size of each. */
const BATCH_UNITS = 65_536
const BATCH_PARTS = 1_000
const MAX_PARTS = 1_000_000

/**
 * Yields the parts in batches, as `TextPart` promises them: well-formed, with `\n` line ends and a limited length. Parts
 * without a character are dropped. Throws `invalid_file` when the texts have more than `maxTextBytes` bytes in UTF-8, or are more than a million.
 */
export async function* finishParts(
  parts: Iterable<TextPart> | AsyncIterable<TextPart>,
  maxTextBytes: number,
): AsyncGenerator<TextPart[]> {
  let batch: TextPart[] = []
  let units = 0
  let bytes = 0
  let count = 0
  for await (const raw of parts) {
    const text = cleanText(raw.text)
    bytes += Buffer.byteLength(text)
    if (bytes > maxTextBytes) throw textTooLarge(maxTextBytes)
    for (const piece of splitText(text)) {
      if (++count > MAX_PARTS) throw tooManyParts()
      batch.push(finishPart(raw, piece))
      units += piece.length
      if (units < BATCH_UNITS && batch.length < BATCH_PARTS) continue
      yield batch
      batch = []
      units = 0
    }
  }
  if (batch.length > 0) yield batch
}

function textTooLarge(maxTextBytes: number): UnreadableFile {
  const megabytes = Math.floor(maxTextBytes / 1024 / 1024)
  return new UnreadableFile(
    'invalid_file',
    `The text is over the limit of ${megabytes} MiB. Split the file and upload the pieces.`,
  )
}

function tooManyParts(): UnreadableFile {
  const cause = `The text has more than ${MAX_PARTS.toLocaleString('en')} paragraphs or rows.`
  return new UnreadableFile('invalid_file', `${cause} Split the file and upload the pieces.`)
}

function finishPart(raw: TextPart, text: string): TextPart {
  if (raw.kind !== 'heading' || text.length <= MAX_HEADING_UNITS) return { ...raw, text }
  return { ...raw, text, kind: 'paragraph', level: null }
}

function cleanText(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  return (lines.includes('\0') ? lines.replaceAll('\0', '') : lines).toWellFormed()
}

/** Yields pieces of limited length, cut after a line break or a space where there is one in the last half. */
function* splitText(text: string): Generator<string> {
  let start = 0
  while (text.length - start > MAX_PART_UNITS) {
    const end = cutPosition(text, start, start + MAX_PART_UNITS)
    yield text.slice(start, end)
    start = end
  }
  if (start < text.length) yield text.slice(start)
}

function cutPosition(text: string, start: number, end: number): number {
  const middle = start + MAX_PART_UNITS / 2
  const window = text.slice(middle, end)
  for (const separator of ['\n', ' ']) {
    const found = window.lastIndexOf(separator)
    if (found !== -1) return middle + found + 1
  }
  const isHighSurrogate = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return end - 1 > start && isHighSurrogate ? end - 1 : end
}
