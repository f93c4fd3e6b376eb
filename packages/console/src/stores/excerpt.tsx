import { excerptOf } from './highlight.ts'
import { MarkedWords } from './marked-words.tsx'

export interface ExcerptProps {
  readonly text: string
  readonly queries: readonly string[]
  /** Longest shown part of the text, in UTF-16 units. */
  readonly maxUnits: number
}

/** Part of a passage near the words of the queries, which are marked. */
export function Excerpt({ text, queries, maxUnits }: ExcerptProps) {
  const { segments, isCutBefore, isCutAfter } = excerptOf(text.trim(), queries, maxUnits)
  return (
    <p className="passage" dir="auto">
      {isCutBefore && '… '}
      <MarkedWords segments={segments} />
      {isCutAfter && ' …'}
    </p>
  )
}
