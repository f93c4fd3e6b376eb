import { Agent, type IncomingHttpHeaders, request } from 'node:http'

// node:http and not fetch, which rewrites `..` in paths and adds headers to conditional requests.
const agent = new Agent({ keepAlive: true })

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

export function json<T>(answer: Answer): T {
  return JSON.parse(answer.bytes.toString('utf8'))
}

/** Sends exactly this request and reads the complete answer, without assertions. */
export function exchange(
  origin: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
): Promise<Answer> {
  const { hostname, port } = new URL(origin)
  const length = body ? { 'content-length': String(body.byteLength) } : {}
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, agent, headers: { ...length, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            bytes: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
