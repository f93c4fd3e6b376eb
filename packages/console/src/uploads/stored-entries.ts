/** Returns the entries of `localStorage` whose keys begin with `prefix`. */
export function storedEntries(prefix: string): [key: string, text: string][] {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  return keys.map((key) => [key, localStorage.getItem(key) ?? ''])
}

export function removeStored(prefix: string): void {
  for (const [key] of storedEntries(prefix)) localStorage.removeItem(key)
}
