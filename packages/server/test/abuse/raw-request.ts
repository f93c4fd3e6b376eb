/** Request in parts, so that each part can be corrupted separately. */
export interface RawRequest {
  readonly method: string
  /** Request target of the first line. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** Framing of the body; null when `headers` contains it, correct or not. */
  readonly framing: 'Content-Length' | 'chunked' | null
}

const CHUNK_BYTES = 5000

export function toBytes({ method, target, headers, body, framing }: RawRequest): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  if (framing === 'Content-Length') lines.push(`Content-Length: ${body.length}`)
  if (framing === 'chunked') lines.push('Transfer-Encoding: chunked')
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return Buffer.concat([head, framing === 'chunked' ? inChunks(body) : body])
}

function inChunks(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let start = 0; start < body.length; start += CHUNK_BYTES) {
    const piece = body.subarray(start, start + CHUNK_BYTES)
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
