import { analyse } from 'chardet'

/** Size of the beginning from which an encoding is guessed. */
const SAMPLE_BYTES = 64 * 1024
/** Guesses below this confidence, of 100, are less likely than Western European text. */
const MIN_CONFIDENCE = 10
const FALLBACK = 'windows-1252'

/**
 * Returns the text of bytes in an unknown encoding: the one of the byte order mark, else UTF-8 when the bytes are valid
 * or damaged UTF-8, else the encoding that the file declares, else a guess from the beginning. Bytes that have no meaning
 * become U+FFFD.
 */
export function decodeText(bytes: Uint8Array, declared: string | null = null): string {
  const marked = byteOrderMark(bytes)
  if (marked !== null) return decodeAs(marked, bytes)
  try {
    // A NUL is valid in UTF-8, but text has none: the bytes are UTF-16 or UTF-32.
    const unicode = unicodeByZeros(bytes)
    return unicode === null
      ? new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      : decodeAs(unicode, bytes)
  } catch {
    const encoding = isDamagedUtf8(bytes) ? 'utf-8' : (supported(declared) ?? guess(bytes))
    return decodeAs(encoding, bytes)
  }
}

type Encoding = string

function byteOrderMark(bytes: Uint8Array): Encoding | null {
  const [a, b, c, d] = bytes
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 && bytes.length >= 4 ? 'utf-32le' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return 'utf-32be'
  return a === 0xef && b === 0xbb && c === 0xbf ? 'utf-8' : null
}

/** Returns the encoding of Unicode without a byte order mark, by the zero bytes of its first ASCII characters. */
function unicodeByZeros(bytes: Uint8Array): Encoding | null {
  const sample = bytes.subarray(0, Math.min(bytes.length & ~3, 1024))
  if (sample.length < 4) return null
  const zeros = [0, 0, 0, 0]
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 4] = (zeros[index % 4] ?? 0) + 1
  const [first = 0, second = 0, third = 0, fourth = 0] = zeros.map((count) => (count * 4) / sample.length)
  if (second > 0.9 && third > 0.9 && fourth > 0.9 && first < 0.1) return 'utf-32le'
  if (first > 0.9 && second > 0.9 && third > 0.9 && fourth < 0.1) return 'utf-32be'
  if (second > 0.4 && fourth > 0.4 && first < 0.1 && third < 0.1) return 'utf-16le'
  if (first > 0.4 && third > 0.4 && second < 0.1 && fourth < 0.1) return 'utf-16be'
  return null
}

/**
 * Sequences of UTF-8 for each byte that belongs to none, from which bytes are damaged UTF-8. Manual pages in 15 other
 * encodings have at most about one such sequence for three other bytes, and next to none in most encodings of single bytes.
 */
const MIN_SEQUENCES_PER_STRAY = 4

/**
 * Tells if invalid UTF-8 is UTF-8 nevertheless: its sequences far outnumber the bytes that belong to none. A sequence
 * that is cut at the end of the text is not counted.
 */
function isDamagedUtf8(bytes: Uint8Array): boolean {
  let sequences = 0
  let strays = 0
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at] ?? 0)
    let end = at + 1
    while (end < at + length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++
    if (length > 1 && end === at + length) sequences++
    else if (length === 0 || (length > 1 && end < bytes.length)) strays += end - at
    at = end
  }
  return sequences > 0 && sequences >= MIN_SEQUENCES_PER_STRAY * strays
}

/** Returns the length of the UTF-8 sequence that begins with this byte; 0 when none does. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1
  if (byte < 0xc2 || byte > 0xf4) return 0
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

function guess(bytes: Uint8Array): Encoding {
  const best = analyse(bytes.subarray(0, SAMPLE_BYTES)).find(({ name }) => !name.startsWith('UTF'))
  if (best === undefined || best.confidence < MIN_CONFIDENCE) return FALLBACK
  return supported(best.name) ?? FALLBACK
}

function supported(label: string | null): Encoding | null {
  if (label === null) return null
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

function decodeAs(encoding: Encoding, bytes: Uint8Array): string {
  if (encoding === 'utf-32le' || encoding === 'utf-32be') return decodeUtf32(bytes, encoding === 'utf-32le')
  return new TextDecoder(encoding).decode(bytes)
}

/** Decodes UTF-32, which `TextDecoder` does not know. */
function decodeUtf32(bytes: Uint8Array, isLittleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const texts: string[] = []
  for (let start = 0; start + 4 <= bytes.length; start += 4096) {
    const points: number[] = []
    for (let at = start; at < start + 4096 && at + 4 <= bytes.length; at += 4) {
      const point = view.getUint32(at, isLittleEndian)
      if (point !== 0xfeff || at > 0) points.push(point > 0x10ffff ? 0xfffd : point)
    }
    texts.push(String.fromCodePoint(...points))
  }
  return texts.join('')
}
