// Lets ClamAV judge the files of Waybill: takes the requests of FILE_SCAN_URL, reads each file from its download URL, and
// sends its bytes to clamd, which needs no access to the storage. No file is held in memory or written to disk.
import { createServer, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Webhook } from 'standardwebhooks'

const {
  FILE_SCAN_SECRET = '',
  HOST = '127.0.0.1',
  PORT = '8090',
  /** A port such as 3310, or the path of a socket such as /run/clamav/clamd.ctl. */
  CLAMD = '3310',
  CLAMD_HOST = '127.0.0.1',
  /** StreamMaxLength of clamd.conf. */
  STREAM_MAX_BYTES = '104857600',
  /** Origin of Waybill in this network, such as http://waybill:8080, when PUBLIC_URL cannot be reached from here. */
  WAYBILL_ORIGIN = '',
} = process.env

/** Shorter than the time after which Waybill gives up. */
const SCAN_MS = 3 * 60_000
const MAX_REQUEST_BYTES = 64 * 1024

interface ScanRequest {
  readonly size: number
  readonly download_url: string
}

type Verdict = { readonly verdict: 'clean' } | { readonly verdict: 'rejected'; readonly reason: string }

const webhook = new Webhook(FILE_SCAN_SECRET)

const server = createServer(async (request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const scanned = await readRequest(request).catch(() => null)
  if (scanned === null) return answer(401, { error: 'the request is not signed with FILE_SCAN_SECRET' })
  try {
    answer(200, await scan(scanned))
  } catch (error) {
    // No verdict: Waybill keeps the file hidden, and offers it again when the client repeats its request.
    console.error('a file could not be scanned:', error)
    answer(502, { error: 'the file could not be scanned' })
  }
})
server.listen(Number(PORT), HOST, () => console.log(`listening on http://${HOST}:${PORT}`))

/** Returns the request. Throws when its signature is wrong, or older than five minutes. */
async function readRequest(request: IncomingMessage): Promise<ScanRequest> {
  let body = ''
  for await (const part of request.setEncoding('utf8')) {
    body += part
    if (body.length > MAX_REQUEST_BYTES) throw new Error('the request is too long')
  }
  return webhook.verify(body, request.headers as Record<string, string>) as ScanRequest
}

async function scan({ download_url, size }: ScanRequest): Promise<Verdict> {
  // Offering the file again would not help.
  if (size > Number(STREAM_MAX_BYTES)) return { verdict: 'rejected', reason: 'larger than the scanner reads' }
  const url = new URL(download_url)
  const origin = WAYBILL_ORIGIN || url.origin
  const signal = AbortSignal.timeout(SCAN_MS)
  const { ok, status, body } = await fetch(origin + url.pathname + url.search, { signal })
  if (!ok || body === null) throw new Error(`the download answered ${status}`)
  const result = await askClamd(body, size, signal)
  if (result === 'stream: OK') return { verdict: 'clean' }
  const [, name] = /^stream: (.+) FOUND$/.exec(result) ?? []
  if (name !== undefined) return { verdict: 'rejected', reason: name }
  // StreamMaxLength of clamd.conf: offering the file again would not help.
  if (/size limit exceeded/.test(result))
    return { verdict: 'rejected', reason: 'larger than the scanner reads' }
  throw new Error(`clamd answered "${result}"`)
}

/** Returns the answer of clamd to the command INSTREAM, see clamd(8). */
async function askClamd(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal,
): Promise<string> {
  const socket = /^\d+$/.test(CLAMD) ? connect(Number(CLAMD), CLAMD_HOST) : connect(CLAMD)
  const answered = text(socket)
  const sent = pipeline(chunksOf(bytes, size), socket, { signal, end: false })
  // A failed download destroys the socket. clamd may also answer before it has everything.
  const [answer, sending] = await Promise.allSettled([answered, sent])
  socket.destroy()
  if (answer.status === 'fulfilled' && answer.value !== '') return answer.value.replace(/[\0\n]/g, '').trim()
  throw sending.status === 'rejected' ? sending.reason : new Error('clamd closed the connection')
}

/** Returns the command and its chunks. The empty one at the end, which asks for the verdict, comes only after all bytes. */
async function* chunksOf(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('zINSTREAM\0')
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    yield lengthOf(chunk.length)
    yield chunk
  }
  if (length !== size) throw new Error(`the download had ${length} bytes of ${size}`)
  yield lengthOf(0)
}

function lengthOf(count: number): Uint8Array {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(count)
  return header
}
