/** Span of a text in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Words at the start of a passage that are looked for when its spaces differ from those of the text. */
const MAX_WORDS = 200

/**
 * Finds a passage in a text. The service counts `startOffset` in the text that it extracted, which may differ from
 * the file: of several occurrences, the nearest one counts. White space may differ. Returns null if the passage is not
 * in the text.
 */
export function locatePassage(text: string, passage: string, startOffset: number): Span | null {
  const wanted = passage.trim()
  if (wanted === '') return null
  return nearest(exactSpans(text, wanted), startOffset) ?? nearest(looseSpans(text, wanted), startOffset)
}

function* exactSpans(text: string, wanted: string): Generator<Span> {
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1))
    yield { start: at, end: at + wanted.length }
}

function* looseSpans(text: string, wanted: string): Generator<Span> {
  const words = wanted.split(/\s+/).slice(0, MAX_WORDS)
  const pattern = new RegExp(words.map(escaped).join(String.raw`\s+`), 'g')
  for (const { index, 0: found } of text.matchAll(pattern)) yield { start: index, end: index + found.length }
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)

function nearest(spans: Iterable<Span>, offset: number): Span | null {
  let best: Span | null = null
  for (const span of spans) {
    if (best === null || Math.abs(span.start - offset) < Math.abs(best.start - offset)) best = span
  }
  return best
}
