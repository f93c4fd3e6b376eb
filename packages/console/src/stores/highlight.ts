/** Part of a text: a word of the query, or the text between two such words. */
export interface Segment {
  readonly text: string
  /** Start in the text, in UTF-16 units. */
  readonly start: number
  readonly isMatch: boolean
}

/** English words that carry no meaning of their own. They are not marked beside others. */
const FUNCTION_WORDS = new Set(
  (
    'a an and are as at be by can do does for from had has have how i if in is it its me my of on or our ' +
    'that the their there these they this to was we were what when where which who why will with you your'
  ).split(' '),
)
/** Endings of up to so many letters may differ, such as "delivery" and "deliveries". */
const MAX_ENDING = 3
const MIN_STEM = 3

const words = new Intl.Segmenter(undefined, { granularity: 'word' })

/**
 * Divides the text into words of the queries and the rest. Upper case, accents and short endings make no difference.
 * The parts together are the text.
 */
export function highlight(text: string, queries: readonly string[]): readonly Segment[] {
  const wanted = wantedWords(queries)
  const segments: Segment[] = []
  let restStart = 0
  const pushRest = (end: number) => {
    if (end > restStart) segments.push({ text: text.slice(restStart, end), start: restStart, isMatch: false })
  }
  const known = new Map<string, boolean>()
  for (const { segment, index, isWordLike } of words.segment(text)) {
    if (!isWordLike) continue
    const word = fold(segment)
    const isMatch = known.get(word) ?? wanted.some((one) => isSameStem(one, word))
    known.set(word, isMatch)
    if (!isMatch) continue
    pushRest(index)
    segments.push({ text: segment, start: index, isMatch: true })
    restStart = index + segment.length
  }
  pushRest(text.length)
  return segments
}

function wantedWords(queries: readonly string[]): readonly string[] {
  const all = queries.flatMap((query) =>
    Array.from(words.segment(query))
      .filter(({ isWordLike }) => isWordLike)
      .map(({ segment }) => fold(segment)),
  )
  const meaningful = all.filter((word) => !FUNCTION_WORDS.has(word))
  return [...new Set(meaningful.length > 0 ? meaningful : all)]
}

/** Returns the word in lower case and without accents. */
const fold = (word: string): string => word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

function isSameStem(a: string, b: string): boolean {
  if (a === b) return true
  const shorter = Math.min(a.length, b.length)
  let shared = 0
  while (shared < shorter && a[shared] === b[shared]) shared++
  const ending = Math.max(a.length, b.length) - shared
  return shared >= MIN_STEM && shared >= ending && ending <= MAX_ENDING && !/\d/.test(a)
}

export interface Excerpt {
  readonly segments: readonly Segment[]
  /** True: text before, or after, the excerpt is left out. */
  readonly isCutBefore: boolean
  readonly isCutAfter: boolean
}

/** Returns at most `maxUnits` UTF-16 units of the text, beginning near its first marked word. */
export function excerptOf(text: string, queries: readonly string[], maxUnits: number): Excerpt {
  const all = highlight(text, queries)
  if (text.length <= maxUnits) return { segments: all, isCutBefore: false, isCutAfter: false }
  const first = all.find(({ isMatch }) => isMatch)?.start ?? 0
  const latest = Math.min(first - maxUnits / 4, text.length - maxUnits)
  const from = latest <= 0 ? 0 : wordStartAfter(text, Math.floor(latest))
  const shown = text.slice(from, wordEndBefore(text, from + maxUnits))
  return {
    segments: highlight(shown, queries),
    isCutBefore: from > 0,
    isCutAfter: from + shown.length < text.length,
  }
}

/** Text without a space that is cut anywhere, in UTF-16 units. */
const MAX_WORD_UNITS = 40

function wordStartAfter(text: string, position: number): number {
  const space = text.slice(position - 1, position + MAX_WORD_UNITS).search(/\s\S/)
  return space === -1 ? position : position + space
}

function wordEndBefore(text: string, position: number): number {
  if (position >= text.length) return text.length
  const from = position - MAX_WORD_UNITS
  const space = text.slice(from, position + 1).search(/\s\S*$/)
  return space === -1 ? position : from + space
}
