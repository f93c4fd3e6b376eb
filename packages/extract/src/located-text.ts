/** Text of a document with the places of its parts. */
export interface ExtractedText {
  /**
   * Parts in reading order. Their texts, joined by nothing, are the text of the document: a part includes its trailing
   * line breaks. Offsets of the text count UTF-16 code units of the joined text.
   */
  readonly parts: readonly TextPart[]
}

/**
 * Kind of a part. Rows of a table have their cells joined by ` | `; `table-header` is the row with the names of the
 * columns, `note` is a footnote, a speaker's note or a comment, and `code` is text whose line breaks matter.
 */
export type PartKind = 'paragraph' | 'heading' | 'list-item' | 'table-header' | 'table-row' | 'code' | 'note'

export type PageKind = 'page' | 'slide' | 'sheet' | 'chapter'

export interface TextPart {
  /**
   * Well-formed Unicode without zeros; lines end with `\n`. At most 32,768 code units: a longer paragraph is several
   * parts of its kind.
   */
  readonly text: string
  readonly kind: PartKind
  /** Level 1 to 6 of a heading; null for other kinds. */
  readonly level: number | null
  /** Number of the page, slide, sheet or chapter, from 1; null when the format has none. */
  readonly page: number | null
  /** Kind of `page`; null when `page` is null. */
  readonly pageKind: PageKind | null
}
