import { type ExtractedText, OcrNeeded, type TextExtractor } from '../../knowledge/text-extractor.ts'
import type { FileSource } from './read-file-text.ts'

/** Returns the complete text of a file. Opens its bytes again when it is a scan. Throws what the extractor throws. */
export async function extractText(
  extractor: TextExtractor,
  { open, fileId: _fileId, ...facts }: FileSource,
  signal: AbortSignal,
): Promise<ExtractedText> {
  try {
    return await extractor.extract({ ...facts, bytes: await open() }, signal)
  } catch (error) {
    if (!(error instanceof OcrNeeded)) throw error
    return extractor.extractWithOcr({ ...facts, bytes: await open() }, signal)
  }
}
