// Worker thread that splits texts into chunks.
import { parentPort } from 'node:worker_threads'
import type { ChunkRequest, ChunkResponse } from '../chunker.ts'
import type { ExtractedText } from '../text-extractor.ts'
import { detectLanguage } from '../tokens/detect-language.ts'
import { chunkText } from './chunk-text.ts'

/** Text from which the language is detected, in UTF-16 units. */
const SAMPLE_LENGTH = 4000

parentPort?.on('message', ({ id, text, strategy }: ChunkRequest) => {
  parentPort?.postMessage(responseTo(id, text, strategy))
})

function responseTo(id: number, text: ExtractedText, strategy: ChunkRequest['strategy']): ChunkResponse {
  try {
    return {
      id,
      result: { language: detectLanguage(sampleOf(text)), chunks: [...chunkText(text, strategy)] },
    }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

function sampleOf({ parts }: ExtractedText): string {
  let sample = ''
  for (const { text } of parts) {
    if (sample.length >= SAMPLE_LENGTH) break
    sample += text.slice(0, SAMPLE_LENGTH)
  }
  return sample
}
