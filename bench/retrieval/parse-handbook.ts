import { type KnownItem, MAX_UNITS, MIN_UNITS } from './known-item.ts'

/** Headings of sections and boxes. */
const TITLE = /<(?:h[1-6]|p|div)[^>]* class="title">(.*?)<\/(?:h[1-6]|p|div)>/s
const ARABIC = /\p{Script=Arabic}/gu
const LATIN = /[A-Za-z]/g
/** Letters of a title; a shorter one fits many sections. */
const MIN_TITLE_LETTERS = 8

/**
 * Returns the sections of a page of the handbook with their titles, without those that are too short, or not translated
 * into Arabic.
 */
export function parseHandbook(source: string): KnownItem[] {
  const [, ...parts] = source.split(TITLE)
  const items: KnownItem[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const summary = plainText(parts[at] ?? '').replace(/^[\d.\s]+/, '')
    const text = plainText(parts[at + 1] ?? '').slice(0, MAX_UNITS)
    const isArabic = count(text, ARABIC) > count(text, LATIN)
    if (isArabic && text.length >= MIN_UNITS && count(summary, ARABIC) >= MIN_TITLE_LETTERS)
      items.push({ summary, text })
  }
  return items
}

function count(text: string, letters: RegExp): number {
  return text.match(letters)?.length ?? 0
}

function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#\d+|#x[\da-f]+|\w+);/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed()
}
