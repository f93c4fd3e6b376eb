/** What the browser keeps under names that begin so. */
export function storedEntries(prefix: string): [key: string, text: string][] {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  return keys.map((key) => [key, localStorage.getItem(key) ?? ''])
}

export function forgetStored(prefix: string): void {
  for (const [key] of storedEntries(prefix)) localStorage.removeItem(key)
}
