import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { it } from 'node:test'
import {
  type ExtractableFile,
  type ExtractedText,
  ExtractionFailure,
  OcrNeeded,
} from '../../knowledge/text-extractor.ts'
import { extractText } from './extract-text.ts'

const FACTS = { filename: 'a.pdf', contentType: 'application/pdf', detectedContentType: null, sizeBytes: 4 }
const NEVER = new AbortController().signal

/** Extractor that refuses with an error, and whose OCR finds the bytes of a file as its text. */
const extractorOf = (error: Error) => ({
  extract: async () => {
    throw error
  },
  extractWithOcr: async ({ bytes }: ExtractableFile): Promise<ExtractedText> => ({
    parts: [
      {
        ...{ text: await text(Readable.from(bytes)), kind: 'paragraph', level: null },
        ...{ page: 1, pageKind: 'page' },
      },
    ],
  }),
  close: async () => {},
})

const source = { ...FACTS, open: async () => Readable.from([Buffer.from('scan')]) }

it('a scan in a message is read again, with OCR', async () => {
  const { parts } = await extractText(extractorOf(new OcrNeeded()), source, NEVER)
  assert.equal(parts[0]?.text, 'scan')
})

it('a file in a message that fails is not read again', async () => {
  const failure = new ExtractionFailure('invalid_file', 'The PDF is damaged.')
  await assert.rejects(extractText(extractorOf(failure), source, NEVER), failure)
})
