import { Client } from 'undici'

export interface StreamRequest {
  /** URL of a stream of events. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
  /** Text with which the first token comes. */
  readonly mark: string
}

/**
 * Sends the requests one after the other on one connection, and reads each stream to its end. Returns the time from
 * each request to its first token in milliseconds.
 */
export async function readFirstTokens(requests: readonly StreamRequest[]): Promise<readonly number[]> {
  const [first] = requests
  if (first === undefined) return []
  const client = new Client(new URL(first.url).origin)
  const times: number[] = []
  for (const request of requests) times.push(await readFirstToken(client, request))
  await client.close()
  return times
}

async function readFirstToken(client: Client, { url, headers, body, mark }: StreamRequest): Promise<number> {
  const json = JSON.stringify(body)
  const startMs = performance.now()
  const answer = await client.request({
    method: 'POST',
    path: new URL(url).pathname,
    headers: { 'content-type': 'application/json', ...headers },
    body: json,
  })
  let text = ''
  let firstMs: number | null = null
  for await (const piece of answer.body) {
    text += String(piece)
    if (firstMs === null && text.includes(mark)) firstMs = performance.now() - startMs
  }
  if (firstMs === null) throw new Error(`${url} answered ${answer.statusCode} without a token: ${text}`)
  return firstMs
}
