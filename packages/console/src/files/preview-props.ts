import type { WaybillFile } from '@waybill/sdk'

/** Passage of a file that a search found. */
export interface Passage {
  readonly text: string
  /** Number of the page, from 1; null in a file without pages. */
  readonly page: number | null
  /** Start in the text that the service extracted, in UTF-16 units. */
  readonly startOffset: number
  readonly endOffset: number
}

export interface PreviewProps {
  readonly file: WaybillFile
  /** Download URL of the file. */
  readonly url: string
  /** Passage to show, or null for the start of the file. */
  readonly passage: Passage | null
}
