/** Text without its citation markers, and the numbers that the markers had. */
export interface UnmarkedText {
  readonly text: string
  /** In their order. `index` is the offset in the complete text without markers, in UTF-16 units. */
  readonly citations: readonly { readonly number: number; readonly index: number }[]
}

export interface MarkerFilter {
  /** Returns the part of the text that is certain after this piece. */
  add(piece: string): UnmarkedText
  /** Returns the rest of the text, after its last piece. */
  end(): UnmarkedText
}

const OPENING = '【'
const MARKER = /^【\s*(\d{1,4}(?:\s*[,，、;]\s*\d{1,4})*)\s*(?:[:†][^】]*)?】/
const BEGINNING = /^【[\d\s,，、;]*(?:[:†][^】]*)?$/
/** Longer texts in such brackets are no markers, so that a filter holds back only a few characters. */
const MAX_MARKER_LENGTH = 64

/**
 * Takes the citation markers out of a text that arrives in pieces: 【1】, 【1, 2】, and the form 【1:0†name】, which
 * models have learned elsewhere. The pieces that it returns never end within a marker or a surrogate pair. Unpaired
 * surrogates become U+FFFD.
 */
export function createMarkerFilter(): MarkerFilter {
  let held = ''
  let length = 0

  const take = (isEnd: boolean): UnmarkedText => {
    const { text, citations, rest } = split(held, isEnd)
    held = rest
    const placed = citations.map(({ number, index }) => ({ number, index: length + index }))
    length += text.length
    return { text: text.toWellFormed(), citations: placed }
  }

  return {
    add: (piece) => {
      held += piece
      return take(false)
    },
    end: () => take(true),
  }
}

/** Passes pieces of a text on so that none ends within a surrogate pair; markers stay in it. */
export function createTextFilter(): MarkerFilter {
  let held = ''
  return {
    add: (piece) => {
      const all = held + piece
      held = endsWithinPair(all) ? all.slice(-1) : ''
      return { text: all.slice(0, all.length - held.length).toWellFormed(), citations: [] }
    },
    end: () => ({ text: held.toWellFormed(), citations: [] }),
  }
}

/** Returns the text up to the first place that a later piece can change, and the rest from there. */
function split(held: string, isEnd: boolean): UnmarkedText & { readonly rest: string } {
  let text = ''
  let position = 0
  const citations: { number: number; index: number }[] = []
  while (position < held.length) {
    const opening = held.indexOf(OPENING, position)
    if (opening === -1) break
    text += held.slice(position, opening)
    const candidate = held.slice(opening, opening + MAX_MARKER_LENGTH)
    const marker = MARKER.exec(candidate)
    if (marker !== null) {
      for (const number of marker[1]?.match(/\d+/g) ?? []) {
        citations.push({ number: Number(number), index: text.length })
      }
      position = opening + marker[0].length
    } else {
      const isOpen = candidate.length < MAX_MARKER_LENGTH && BEGINNING.test(candidate)
      if (isOpen && !isEnd) return { text, citations, rest: held.slice(opening) }
      text += OPENING
      position = opening + OPENING.length
    }
  }
  const last = held.slice(position)
  const kept = !isEnd && endsWithinPair(last) ? 1 : 0
  return {
    text: text + last.slice(0, last.length - kept),
    citations,
    rest: last.slice(last.length - kept),
  }
}

function endsWithinPair(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1)
  return unit >= 0xd800 && unit <= 0xdbff
}
