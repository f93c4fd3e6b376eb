import { LANGUAGES, type Language, stopWordsOf } from './languages.ts'

/** Text that is read, in UTF-16 units. A page is enough: more text changes no result. */
const SAMPLE_UNITS = 4_000
/** Stop words that a text must contain, so that a table of names is not taken for a language. */
const MIN_STOP_WORDS = 3

let languagesByWord: Map<string, Language[]> | null = null

/**
 * Returns the language whose stop words are most frequent at the beginning of the text, or null when there are hardly
 * any. Stop words find the language of more texts than letter statistics do when the text is full of names and formulas,
 * and only languages with a stemmer matter here.
 */
export function detectLanguage(text: string): Language {
  languagesByWord ??= indexStopWords()
  const counts = new Map<Language, number>()
  for (const [word] of text
    .slice(0, SAMPLE_UNITS)
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}]+/gu)) {
    for (const language of languagesByWord.get(word) ?? []) {
      counts.set(language, (counts.get(language) ?? 0) + 1)
    }
  }
  let best: Language = null
  let bestCount = MIN_STOP_WORDS - 1
  for (const [language, count] of counts) {
    if (count > bestCount) {
      best = language
      bestCount = count
    }
  }
  return best
}

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
