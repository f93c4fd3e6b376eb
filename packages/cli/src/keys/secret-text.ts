/** Returns a message with a secret, which cannot be shown again. */
export function secretText(sentence: string, secret: string): string {
  return `${sentence} The API key, shown only once:\n\n  ${secret}`
}
