const ASCII = /^[\0-\x7f]*$/
/** Vowel marks and the elongation of letters, which writers of Arabic add or omit freely. */
const ARABIC_MARKS = /[\u064b-\u065f\u0670\u0640]/g

/** Returns the text as its words are compared: in compatible forms (NFKC), in lower case and without Arabic marks. */
export function normalizeText(text: string): string {
  const normal = ASCII.test(text) ? text : text.normalize('NFKC').replace(ARABIC_MARKS, '')
  return normal.toLowerCase()
}
