/** Text of a document with the places where it stands. The texts of all parts, joined by nothing, are its text. */
export interface ExtractedText {
  readonly parts: readonly TextPart[]
}

export interface TextPart {
  readonly text: string
  readonly kind: 'paragraph' | 'heading' | 'list-item' | 'table-header' | 'table-row' | 'code' | 'note'
  /** Level of a heading, 1 for the highest; null for other kinds. */
  readonly level: number | null
  /** Number of the page, from 1; null when the document has none. */
  readonly page: number | null
  readonly pageKind: 'page' | 'slide' | 'sheet' | 'chapter' | null
}
