import type { FileCitation } from '@waybill/sdk'

/** Part of an answer, and the numbers of the sources that are cited at its end. */
export interface CitedPart {
  readonly text: string
  /** Start in the answer, in UTF-16 units. */
  readonly start: number
  /** Numbers from 1, each once. */
  readonly sources: readonly number[]
}

export interface CitedText {
  readonly parts: readonly CitedPart[]
  /** A citation of each cited passage; the number of a source is its place here. */
  readonly sources: readonly FileCitation[]
}

/** Divides an answer at its citations. Passages have numbers in the order in which they are first cited. */
export function citedText(text: string, citations: readonly FileCitation[]): CitedText {
  const ordered = citations.toSorted((a, b) => a.index - b.index)
  const sources: FileCitation[] = []
  const numberOf = ({ chunk_id, ...citation }: FileCitation): number => {
    const known = sources.findIndex((one) => one.chunk_id === chunk_id)
    return known === -1 ? sources.push({ ...citation, chunk_id }) : known + 1
  }
  const parts: CitedPart[] = []
  let start = 0
  for (const [index, cited] of Map.groupBy(ordered, (citation) => Math.min(citation.index, text.length))) {
    const numbers = [...new Set(cited.map(numberOf))]
    parts.push({ text: text.slice(start, index), start, sources: numbers })
    start = index
  }
  if (start < text.length) parts.push({ text: text.slice(start), start, sources: [] })
  return { parts, sources }
}
