/** Returns the name as searches compare it: in lower case, and in one of the forms that Unicode has for it. */
export function foldedName(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
