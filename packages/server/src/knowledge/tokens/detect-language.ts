import { LANGUAGES, type Language, stopWordsOf } from './languages.ts'
import { normalizeText } from './normalize-text.ts'

/** Text that is read, in UTF-16 units. A page is enough: more text changes no result. */
export const LANGUAGE_SAMPLE_UNITS = 4_000
let languagesByWord: Map<string, Language[]> | null = null

/**
 * Returns the language whose stop words are most frequent at the beginning of the text, or null when it contains none.
 * Stop words find the language of more texts than letter statistics do when a text is full of names and formulas. Only
 * languages with a stemmer matter here. English wins a tie: its words are quoted in other languages most.
 */
export function detectLanguage(text: string): Language {
  languagesByWord ??= indexStopWords()
  const counts = new Map<Language, number>()
  for (const [word] of normalizeText(text.slice(0, LANGUAGE_SAMPLE_UNITS)).matchAll(WORDS)) {
    for (const language of languagesByWord.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1)
    }
  }
  const most = Math.max(0, ...counts.values())
  if (most === 0) return null
  if (counts.get('en') === most) return 'en'
  return LANGUAGES.find((language) => counts.get(language) === most) ?? null
}

const WORDS = /[\p{L}\p{M}]+/gu

function indexStopWords(): Map<string, Language[]> {
  const index = new Map<string, Language[]>()
  for (const language of LANGUAGES) {
    for (const word of stopWordsOf(language)) {
      const languages = index.get(word)
      if (languages) languages.push(language)
      else index.set(word, [language])
    }
  }
  return index
}
