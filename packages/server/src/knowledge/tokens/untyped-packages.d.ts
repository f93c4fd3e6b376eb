/** Types of packages that ship none. Only what this folder uses. */
declare module 'snowball-stemmers' {
  const snowball: {
    newStemmer(algorithm: string): { stem(word: string): string }
  }
  export default snowball
}

declare module 'stopword' {
  const lists: Readonly<Record<string, readonly string[]>>
  export = lists
}
