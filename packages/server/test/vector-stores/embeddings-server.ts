import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** Answer to a request with `count` texts; null for no answer at all. */
export type EmbeddingsAnswer = (
  count: number,
) => EmbeddingsResponse | null | Promise<EmbeddingsResponse | null>

export interface EmbeddingsResponse {
  readonly status: number
  readonly body: string
}

export interface EmbeddingsServer {
  /** Settings of a server that uses it. */
  readonly env: Readonly<Record<string, string>>
  /** Answers from now on. */
  answer(answer: EmbeddingsAnswer): void
  requests(): number
  close(): Promise<void>
}

/** Returns a right answer: vectors of these dimensions. */
export const vectorsOf =
  (dimensions = 16): EmbeddingsAnswer =>
  (count) => ({
    status: 200,
    body: bodyOf(Array.from({ length: count }, (_, row) => vector(row, dimensions))),
  })

export function bodyOf(vectors: readonly unknown[]): string {
  return JSON.stringify({ data: vectors.map((embedding, index) => ({ index, embedding })) })
}

export function vector(row: number, dimensions: number): number[] {
  return Array.from({ length: dimensions }, (_, column) => (column === row % dimensions ? 1 : 0.01))
}

/** Starts a server for embeddings whose answers a test chooses; at first they are right. */
export async function startEmbeddingsServer(): Promise<EmbeddingsServer> {
  let answer = vectorsOf()
  let requests = 0
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { input } = (await json(request)) as { input: readonly string[] }
    requests++
    const answered = await answer(input.length)
    if (answered === null) return
    response.writeHead(answered.status, { 'content-type': 'application/json' }).end(answered.body)
  }
  const server = createServer((request, response) => {
    // A killed process cuts its requests.
    handle(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    env: { EMBEDDINGS_URL: `http://127.0.0.1:${port}/v1`, EMBEDDINGS_MODEL: 'test' },
    answer: (next) => {
      answer = next
    },
    requests: () => requests,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
