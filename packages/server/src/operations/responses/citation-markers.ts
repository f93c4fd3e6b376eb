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
/** Spaces that vanish with the marker after them. */
const SPACES = ' \t\u00a0'
/** Beginning of a text that needs no space before it. */
const NEEDS_NO_SPACE = /^[\s.,;:!?…)\]}»”’。、，；：！？）]/
/** Longer texts in such brackets are no markers, so that a filter holds back only a few characters. */
const MAX_MARKER_LENGTH = 64

/**
 * Takes the citation markers out of a text that arrives in pieces: 【1】, 【1, 2】, and the form 【1:0†name】, which
 * models have learned elsewhere. The space before a marker goes with it, unless it separates two words. The pieces that it
 * returns never end within a marker or a surrogate pair. Unpaired surrogates become U+FFFD.
 */
export function createMarkerFilter(): MarkerFilter {
  let state: FilterState = { held: '', spaces: '' }
  let length = 0

  const take = (isEnd: boolean): UnmarkedText => {
    const { text, citations, ...rest } = split(state, isEnd)
    state = rest
    const placed = citations.map(({ number, index }) => ({ number, index: length + index }))
    length += text.length
    return { text: text.toWellFormed(), citations: placed }
  }

  return {
    add: (piece) => {
      state = { ...state, held: state.held + piece }
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

interface FilterState {
  /** Text that a later piece can change. */
  readonly held: string
  /** Spaces before the marker that the text ended with. */
  readonly spaces: string
}

/** Returns the text up to the first place that a later piece can change, and the rest from there. */
function split({ held, spaces: before }: FilterState, isEnd: boolean): UnmarkedText & FilterState {
  let text = ''
  let spaces = before
  let position = 0
  const citations: { number: number; index: number }[] = []
  const add = (plain: string) => {
    if (plain === '') return
    text += NEEDS_NO_SPACE.test(plain) ? plain : spaces + plain
    spaces = ''
  }
  while (position < held.length) {
    const opening = held.indexOf(OPENING, position)
    if (opening === -1) break
    const plain = held.slice(position, opening)
    const ending = spacesAtEnd(plain)
    const candidate = held.slice(opening, opening + MAX_MARKER_LENGTH)
    const marker = MARKER.exec(candidate)
    const isOpen = marker === null && candidate.length < MAX_MARKER_LENGTH && BEGINNING.test(candidate)
    if (isOpen && !isEnd) {
      add(plain.slice(0, plain.length - ending.length))
      return { text, citations, held: ending + held.slice(opening), spaces }
    }
    if (marker === null) {
      add(plain + OPENING)
      position = opening + OPENING.length
      continue
    }
    add(plain.slice(0, plain.length - ending.length))
    spaces = ending || spaces
    for (const number of marker[1]?.match(/\d+/g) ?? []) {
      citations.push({ number: Number(number), index: text.length })
    }
    position = opening + marker[0].length
  }
  const last = held.slice(position)
  const half = endsWithinPair(last) ? 1 : 0
  const kept = isEnd ? 0 : half + spacesAtEnd(last.slice(0, last.length - half)).length
  add(last.slice(0, last.length - kept))
  return { text, citations, held: last.slice(last.length - kept), spaces }
}

function spacesAtEnd(text: string): string {
  let start = text.length
  while (start > 0 && SPACES.includes(text.charAt(start - 1))) start--
  return text.slice(start)
}

function endsWithinPair(text: string): boolean {
  const unit = text.charCodeAt(text.length - 1)
  return unit >= 0xd800 && unit <= 0xdbff
}
