// Worker thread that splits texts into chunks.
import { parentPort } from 'node:worker_threads'
import type { ChunkRequest, ChunkResponse } from '../chunker.ts'
import type { ExtractedText } from '../text-extractor.ts'
import { detectLanguage, LANGUAGE_SAMPLE_UNITS } from '../tokens/detect-language.ts'
import { chunkText } from './chunk-text.ts'
import { rankChunks } from './rank-chunks.ts'

parentPort?.on('message', (request: ChunkRequest) => {
  parentPort?.postMessage(responseTo(request))
})

function responseTo({ id, text, strategy, question }: ChunkRequest): ChunkResponse {
  try {
    const language = detectLanguage(sampleOf(text))
    const all = chunkText(text, strategy)
    const chunks = question === null ? [...all] : rankChunks(all, language, question.text, question.maxBytes)
    return { id, result: { language, chunks } }
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) }
  }
}

/** Returns the parts at the beginning of the text, enough of them for `detectLanguage`. */
function sampleOf({ parts }: ExtractedText): string {
  let sample = ''
  for (const { text } of parts) {
    if (sample.length >= LANGUAGE_SAMPLE_UNITS) break
    sample += text
  }
  return sample
}
