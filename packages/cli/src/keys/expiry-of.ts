/** What `--expires-at` says: a time, or null for a key that does not expire. */
export function expiryOf(text: string): string | null {
  return text === 'never' ? null : text
}
