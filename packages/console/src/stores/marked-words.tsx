import type { Segment } from './highlight.ts'

/** Text with the words of the query marked. */
export function MarkedWords({ segments }: { readonly segments: readonly Segment[] }) {
  return segments.map(({ text, start, isMatch }) =>
    isMatch ? <mark key={start}>{text}</mark> : <span key={start}>{text}</span>,
  )
}
