/**
 * Compares two texts by their bytes in UTF-8, which is the order of code points. JavaScript compares UTF-16, where the
 * characters after U+FFFF come before U+E000 to U+FFFF. Returns a negative number, 0 or a positive number.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const [unitA, unitB] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (unitA !== unitB) return codePointRank(unitA) - codePointRank(unitB)
  }
  return a.length - b.length
}

/** Moves the surrogates behind all other units: they encode the highest code points. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/**
 * Returns the first text, in the order of UTF-8, that comes after all texts that begin with the prefix; null when there
 * is none. It is the prefix with its last character replaced by the next one.
 */
export function afterPrefix(prefix: string): string | null {
  const characters = [...prefix]
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const next = nextCharacter(last.codePointAt(0) ?? 0)
    if (next !== null) return characters.join('') + next
  }
  return null
}

function nextCharacter(codePoint: number): string | null {
  if (codePoint >= 0x10ffff) return null
  const isBeforeSurrogates = codePoint === 0xd7ff
  return String.fromCodePoint(isBeforeSurrogates ? 0xe000 : codePoint + 1)
}
