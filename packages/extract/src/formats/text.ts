import type { PartKind, TextPart } from '../located-text.ts'
import { part } from '../part.ts'

/**
 * Yields blocks of lines between blank lines, with the blank lines that follow them. Nothing is lost: the joined texts
 * are the input.
 */
export function* readBlocks(text: string, kind: Exclude<PartKind, 'heading'>): Generator<TextPart> {
  let start = 0
  let hasText = false
  let isAfterBlank = false
  for (const { from, to } of linesOf(text)) {
    const isBlank = isBlankLine(text, from, to)
    if (!isBlank && isAfterBlank && hasText) {
      yield { ...part(kind, ''), text: text.slice(start, from) }
      start = from
      hasText = false
    }
    hasText ||= !isBlank
    isAfterBlank = isBlank
  }
  if (start < text.length) yield { ...part(kind, ''), text: text.slice(start) }
}

/** Yields the ranges of lines, each with its line break. */
export function* linesOf(text: string): Generator<{ readonly from: number; readonly to: number }> {
  let from = 0
  while (from < text.length) {
    const lineBreak = text.indexOf('\n', from)
    const to = lineBreak === -1 ? text.length : lineBreak + 1
    yield { from, to }
    from = to
  }
}

function isBlankLine(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code > 0x20 && code !== 0xa0 && code !== 0xfeff) return false
  }
  return true
}
