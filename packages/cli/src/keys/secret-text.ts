/** What happened, and a secret that nobody can show again. */
export function secretText(sentence: string, secret: string): string {
  return `${sentence} The API key, shown this once:\n\n  ${secret}`
}
