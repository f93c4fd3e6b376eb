import type { Completed, PartChoice } from './part-uploads.ts'

/** Returns the chosen parts in the order of the choices; `invalid-parts` when one of them cannot be joined. */
export function chooseParts<Part extends { readonly version: string }>(
  stored: ReadonlyMap<string, Part>,
  choices: readonly PartChoice[],
): readonly Part[] | Extract<Completed, { kind: 'invalid-parts' }> {
  const chosen: Part[] = []
  const invalid = new Set<string>()
  const seen = new Set<string>()
  for (const { partId, version } of choices) {
    const part = stored.get(partId)
    const isValid = part !== undefined && (version === null || version === part.version) && !seen.has(partId)
    if (isValid) chosen.push(part)
    else invalid.add(partId)
    seen.add(partId)
  }
  return invalid.size === 0 ? chosen : { kind: 'invalid-parts', partIds: [...invalid] }
}
