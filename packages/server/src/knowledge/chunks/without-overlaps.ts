import type { TextChunk } from '../search-index.ts'

type PlacedText = Pick<TextChunk, 'text' | 'startOffset' | 'endOffset'>

/** Returns a function that takes the chunks of a document in order, and returns the text that earlier ones do not have. */
export function createOverlapCutter(): (chunk: PlacedText) => string {
  let end = 0
  return ({ text, startOffset, endOffset }) => {
    const rest = text.slice(Math.max(0, end - startOffset))
    end = Math.max(end, endOffset)
    return rest
  }
}

/** Yields the text of the document from its chunks in order, each without what the chunk before has in common. */
export function* withoutOverlaps(chunks: Iterable<PlacedText>): Generator<string> {
  const cut = createOverlapCutter()
  for (const chunk of chunks) yield cut(chunk)
}
