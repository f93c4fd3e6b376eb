/** Returns the time that `--expires-at` sets, or null for `never`. */
export function expiryOf(text: string): string | null {
  return text === 'never' ? null : text
}
