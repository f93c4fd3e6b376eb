import { openEmbedder } from '@waybill/server/compose/open-knowledge.ts'
import type { EmbeddingsChoice } from '@waybill/server/config.ts'
import { type CheckResult, failed, ok } from './finding.ts'
import { reasonOf } from './run-checks.ts'

/** A server may load its model with the first request. */
const MAX_MS = 30_000
const BACKOFF_MS = 50

/** Embeds a word, and reports the model and its dimensions. */
export async function checkEmbeddings(embeddings: EmbeddingsChoice): Promise<CheckResult[]> {
  const embedder = openEmbedder({ ...embeddings, timeoutMs: MAX_MS, backoffMs: BACKOFF_MS })
  const begin = performance.now()
  try {
    const [vector] = await embedder.embed(['waybill'], AbortSignal.timeout(MAX_MS))
    const ms = Math.round(performance.now() - begin)
    return [
      ok(
        `${embeddings.url} returned a vector of ${vector?.length} dimensions from ${embedder.model} in ${ms} ms.`,
      ),
    ]
  } catch (error) {
    return [
      failed(
        'embeddings-unusable',
        `${embeddings.url}: ${reasonOf(error)}. No file can be indexed, and searches go by words. Check EMBEDDINGS_URL, EMBEDDINGS_MODEL and EMBEDDINGS_API_KEY, and that the server has the model.`,
      ),
    ]
  }
}
