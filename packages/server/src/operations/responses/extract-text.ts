import {
  type ExtractableFile,
  type ExtractedText,
  OcrNeeded,
  type TextExtractor,
} from '../../knowledge/text-extractor.ts'

/** File whose bytes can be opened several times. */
interface OpenableFile extends Omit<ExtractableFile, 'bytes'> {
  open(): Promise<AsyncIterable<Uint8Array>>
}

/** Returns the complete text of a file. Opens its bytes again when it is a scan. Throws what the extractor throws. */
export async function extractText(
  extractor: TextExtractor,
  { open, filename, contentType, detectedContentType, sizeBytes }: OpenableFile,
  signal: AbortSignal,
): Promise<ExtractedText> {
  const facts = { filename, contentType, detectedContentType, sizeBytes }
  try {
    return await extractor.extract({ ...facts, bytes: await open() }, signal)
  } catch (error) {
    if (!(error instanceof OcrNeeded)) throw error
    return extractor.extractWithOcr({ ...facts, bytes: await open() }, 'request', signal)
  }
}
