import snowball from 'snowball-stemmers'
import stopword from 'stopword'
import { normalizeText } from './normalize-text.ts'

/** Language of a text as an ISO 639-1 code; null when it is unknown or has no stemmer. */
export type Language = keyof typeof ALGORITHMS | null

/** Snowball algorithm and stop word list of each language. */
const ALGORITHMS = {
  ar: ['arabic', 'ara'],
  ca: ['catalan', 'cat'],
  cs: ['czech', 'ces'],
  da: ['danish', 'dan'],
  de: ['german', 'deu'],
  en: ['english', 'eng'],
  es: ['spanish', 'spa'],
  eu: ['basque', 'eus'],
  fi: ['finnish', 'fin'],
  fr: ['french', 'fra'],
  ga: ['irish', 'gle'],
  hu: ['hungarian', 'hun'],
  hy: ['armenian', 'hye'],
  it: ['italian', 'ita'],
  nl: ['dutch', 'nld'],
  no: ['norwegian', 'nob'],
  pt: ['portuguese', 'por'],
  ro: ['romanian', 'ron'],
  ru: ['russian', 'rus'],
  sl: ['slovene', 'slv'],
  sv: ['swedish', 'swe'],
  tr: ['turkish', 'tur'],
} as const

export const LANGUAGES = Object.keys(ALGORITHMS) as NonNullable<Language>[]

export function isLanguage(code: string): code is NonNullable<Language> {
  return code in ALGORITHMS
}

/** Function words of English that the list of the package lacks. Questions to an index contain them often. */
const MORE_ENGLISH =
  'against also below cannot do does doing during having how however may might must no nor not off once ought own ' +
  'shall so therefore this thus until what when where which while who whom why will would'

const stopWords = new Map<string, ReadonlySet<string>>()

/** Returns the stop words of the language as `normalizeText` returns words, without stemming. */
export function stopWordsOf(language: NonNullable<Language>): ReadonlySet<string> {
  const known = stopWords.get(language)
  if (known) return known
  const listed = stopword[ALGORITHMS[language][1]] ?? []
  const words = language === 'en' ? [...listed, ...MORE_ENGLISH.split(' ')] : listed
  const set = new Set(words.map(normalizeText))
  stopWords.set(language, set)
  return set
}

const stemmers = new Map<string, (word: string) => string>()

/** Returns a function that stems a word in lower case. It is slow: callers remember stems. */
export function stemmerOf(language: NonNullable<Language>): (word: string) => string {
  const known = stemmers.get(language)
  if (known) return known
  const stemmer = snowball.newStemmer(ALGORITHMS[language][0])
  stemmers.set(language, stemmer.stem)
  return stemmer.stem
}
