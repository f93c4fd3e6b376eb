import type { PDFiumPage } from '@hyzyla/pdfium'
import type { Recognizer } from '../ocr/open-recognizer.ts'

/** Resolution that Tesseract is trained for, in pixels per point. */
const SCALE = 300 / 72
/** Pixels of a page, a little more than A3 has at 300 dpi. A larger page has a lower resolution. */
const MAX_PIXELS = 18_000_000

/** Reads the text of scanned pages. */
export interface ScannedPages {
  /** Returns the text of a page without a text layer, and an empty one for a page without text. */
  read(page: PDFiumPage): Promise<string>
}

/** Returns a reader that loads the recognition with the first page. */
export function openScannedPages(languages: readonly string[]): ScannedPages {
  let recognizer: Promise<Recognizer> | null = null
  return {
    async read(page) {
      recognizer ??= import('../ocr/open-recognizer.ts').then(({ openRecognizer }) =>
        openRecognizer(languages),
      )
      const { recognize } = await recognizer
      const { originalWidth, originalHeight } = page.getOriginalSize()
      const scale = Math.min(SCALE, Math.sqrt(MAX_PIXELS / (originalWidth * originalHeight)))
      return recognize(await page.render({ scale, colorSpace: 'Gray', render: 'bitmap' }))
    },
  }
}

/** Returns true for a page that shows something, but has no text layer. */
export function isScanned(page: PDFiumPage): boolean {
  return page.getObjectCount() > 0 && page.getText().trim() === ''
}
