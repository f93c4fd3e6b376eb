import { type Language, stemmerOf, stopWordsOf } from './languages.ts'
import { normalizeText } from './normalize-text.ts'

/** Version of the rules below. Each index stores it, and is rebuilt when it differs. */
export const TOKENIZER_VERSION = 3

/** Longer words are cut: they are keys, encoded data or damage, and fill the index. */
const MAX_TERM_UNITS = 64

const WORDS = /[\p{L}\p{M}\p{N}]+/gu
/** Scripts that are written without spaces between words, or that join many words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]/u
/** Characters of these scripts that may be words by themselves. */
const WORD_CHARACTER = /[\p{Script=Han}\p{Script=Hangul}]/u
const UNSPACED_RUNS = new RegExp(`${UNSPACED.source}+|(?:(?!${UNSPACED.source})[^])+`, 'gu')
const ASCII = /^[\0-\x7f]*$/

/**
 * Terms of a text with their frequencies. `length` is the number of all occurrences but those of stop words, which
 * are not searched for, and of characters that pairs contain too: a text is not longer by them.
 */
export interface TermCounts {
  readonly terms: ReadonlyMap<string, number>
  readonly length: number
}

/** Returns the terms that the index stores for a text. Stop words are kept. */
export function countTerms(text: string, language: Language): TermCounts {
  const counts = new Map<string, number>()
  const stopWords = language === null ? null : stopWordsOf(language)
  let length = 0
  for (const word of wordsOf(text)) {
    const { terms, characters } = termsOf(word, language)
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
    for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1)
    if (!stopWords?.has(word)) length += terms.length
  }
  return { terms: counts, length }
}

/**
 * Returns the terms of a query, one set for each word: its stems in all languages of the index, because the language
 * of a few words cannot be detected. A repeated word appears once for each occurrence. Stop words are dropped unless
 * nothing else remains.
 */
export function queryTerms(query: string, languages: readonly Language[]): string[][] {
  const words = wordsOf(query)
  const stopLists = languages.filter((language) => language !== null).map(stopWordsOf)
  const content = words.filter((word) => !stopLists.some((list) => list.has(word)))
  const kept = content.length > 0 ? content : words
  const searched = languages.length > 0 ? languages : [null]
  return kept.flatMap((word) => {
    const alternatives = searched.map((language) => termsOf(word, language).terms)
    const longest = alternatives.reduce((one, other) => (other.length > one.length ? other : one), [])
    return longest.map((_, at) => [...new Set(alternatives.flatMap((terms) => terms[at] ?? []))])
  })
}

/** Ending of a possessive, which belongs to the word before it and is no word. */
const POSSESSIVE = /(?<=[\p{L}\p{N}])['’]s(?![\p{L}\p{M}\p{N}])/gu

function wordsOf(text: string): readonly string[] {
  return normalizeText(text).replace(POSSESSIVE, '').match(WORDS) ?? []
}

/** Words whose terms are remembered, per language. Texts repeat their words, and stemming is slow. */
const MAX_KNOWN_WORDS = 50_000
const MAX_KNOWN_UNITS = 32
const knownTerms = new Map<Language, Map<string, WordTerms>>()

interface WordTerms {
  /** The stem of the word; several terms for a word with a script without spaces. */
  readonly terms: readonly string[]
  /** Characters of the pairs, for a query with a word of one character: it may stand at any place of a run. */
  readonly characters: readonly string[]
}

function termsOf(word: string, language: Language): WordTerms {
  const known = knownTerms.get(language) ?? new Map<string, WordTerms>()
  const found = known.get(word)
  if (found) return found
  const terms =
    ASCII.test(word) || !UNSPACED.test(word)
      ? { terms: [termOf(word, language)], characters: [] }
      : splitUnspaced(word, language)
  if (known.size >= MAX_KNOWN_WORDS) known.clear()
  if (word.length <= MAX_KNOWN_UNITS) knownTerms.set(language, known.set(word, terms))
  return terms
}

/** Splits runs of scripts without spaces into overlapping pairs of characters, and returns the words between them too. */
function splitUnspaced(word: string, language: Language): WordTerms {
  const terms: string[] = []
  const characters: string[] = []
  for (const [run] of word.matchAll(UNSPACED_RUNS)) {
    if (!UNSPACED.test(run)) {
      terms.push(termOf(run, language))
      continue
    }
    const all = Array.from(run)
    if (all.length === 1) terms.push(run)
    else for (const character of all) if (WORD_CHARACTER.test(character)) characters.push(character)
    for (let at = 1; at < all.length; at++) terms.push(`${all[at - 1]}${all[at]}`)
  }
  return { terms, characters }
}

function termOf(word: string, language: Language): string {
  const cut = word.length > MAX_TERM_UNITS ? word.slice(0, MAX_TERM_UNITS) : word
  const stem = language === null ? cut : stemmerOf(language)(cut)
  const folded = ASCII.test(stem) ? stem : foldLetters(stem)
  return folded === '' ? cut : folded
}

const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ى: 'ي',
  ئ: 'ي',
  ؤ: 'و',
  ة: 'ه',
}
const FOLDED_LETTERS = new RegExp(`[${Object.keys(FOLDED).join('')}]`, 'gu')

function foldLetters(word: string): string {
  return word
    .replace(FOLDED_LETTERS, (letter) => FOLDED[letter] ?? letter)
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
}
