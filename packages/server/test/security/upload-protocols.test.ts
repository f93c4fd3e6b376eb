import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient, type FileObject, textFile } from '../api/client.ts'
import { parseContentDisposition } from '../api/content-disposition.ts'
import { json } from '../api/exchange.ts'
import {
  type Answer,
  encodeChunks,
  exchange,
  openConnection,
  type Request,
  requestHead,
} from '../protocol/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'

type Headers = Readonly<Record<string, string>>

const MIB = 1024 * 1024
const TUS: Headers = { 'Tus-Resumable': '1.0.0' }
const TUS_BYTES: Headers = { ...TUS, 'Content-Type': 'application/offset+octet-stream' }
const IETF_BYTES: Headers = { 'Upload-Complete': '?0', 'Content-Type': 'application/partial-upload' }
const SECRET_TEXT = 'the content that nobody may read'

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Headers with which each protocol creates an upload of unknown length, and appends to it. */
const PROTOCOLS = {
  tus: { path: '/files/tus', create: { ...TUS, 'Upload-Defer-Length': '1' }, append: TUS_BYTES },
  ietf: { path: '/files/resumable', create: { 'Upload-Complete': '?0' }, append: IETF_BYTES },
} as const
type Protocol = keyof typeof PROTOCOLS
const NAMES = Object.keys(PROTOCOLS) as Protocol[]

/** Starts a service for a group of tests. */
function useApp(env: Record<string, string> = {}) {
  let app: TestApp
  let client: Client
  before(async () => {
    app = await startApp({ env: { RATE_LIMIT_PER_MINUTE: '0', ...env } })
    client = createClient(app)
  })
  after(() => app.stop())

  const create = (protocol: Protocol, headers: Headers = {}, request: Request = {}): Promise<Answer> =>
    exchange(`${app.baseUrl}${PROTOCOLS[protocol].path}`, {
      method: 'POST',
      headers: { 'X-API-Key': app.apiKey, ...PROTOCOLS[protocol].create, ...headers },
      ...request,
    })
  const open = async (protocol: Protocol, headers: Headers = {}): Promise<string> => {
    const { status, headers: created, body } = await create(protocol, headers)
    assert.equal(status, 201, body)
    return created.location ?? ''
  }
  return {
    get app() {
      return app
    },
    get client() {
      return client
    },
    create,
    open,
  }
}

function append(url: string, protocol: Protocol, offset: number, headers: Headers, request: Request = {}) {
  const own = { ...PROTOCOLS[protocol].append, 'Upload-Offset': String(offset), ...headers }
  return exchange(url, { method: 'PATCH', headers: own, ...request })
}

const offsetOf = async (url: string) =>
  Number((await fetch(url, { method: 'HEAD' })).headers.get('upload-offset'))

describe('A session URL of every protocol', () => {
  const server = useApp()

  it('gives no bytes of its upload, open or complete', async () => {
    const open = await server.open('tus')
    assert.equal((await append(open, 'tus', 0, {}, { body: Buffer.from(SECRET_TEXT) })).status, 204)
    const complete = await server.client.startUpload(textFile('note.txt', SECRET_TEXT))
    await exchange(complete.uploadUrl, { body: Buffer.from(SECRET_TEXT) })
    const end = String(SECRET_TEXT.length)
    const requests: Request[] = [
      ...['GET', 'PUT', 'POST', 'OPTIONS', 'QUERY'].map((method) => ({ method })),
      { method: 'GET', headers: { Range: 'bytes=0-9' } },
      { method: 'GET', headers: TUS },
      { method: 'POST', headers: { ...TUS, 'X-HTTP-Method-Override': 'GET' } },
      { method: 'GET', headers: { 'Upload-Complete': '?1' } },
      { range: 'bytes */*' },
      { method: 'PATCH', headers: { ...TUS_BYTES, 'Upload-Offset': end } },
      { method: 'PATCH', headers: { ...IETF_BYTES, 'Upload-Complete': '?1', 'Upload-Offset': end } },
    ]
    for (const url of [open, complete.uploadUrl]) {
      for (const request of requests) {
        const { body } = await exchange(url, request)
        assert.ok(!body.includes(SECRET_TEXT.slice(0, 10)), `${request.method}: ${body}`)
      }
    }
  })

  it('ignores keys and cookies that come along, and does not count wrong ones', async () => {
    const url = await server.open('ietf')
    const credentials = (n: number): Headers => ({
      'X-API-Key': `oak_live_${n}`,
      Authorization: `Bearer oak_live_${n}`,
      Cookie: `session=${n}`,
    })
    const eventsBefore = await server.app.context.database.audit.list(null, 1000)
    for (let attempt = 0; attempt < 40; attempt++) {
      const headers = credentials(attempt)
      assert.equal((await exchange(url, { range: 'bytes */*', headers })).status, 308)
      assert.equal((await exchange(url, { method: 'GET', headers })).status, 204)
      assert.equal((await append(url, 'tus', 0, headers)).status, 204)
    }
    const wrong = await fetch(`${server.app.baseUrl}/files`, { headers: { 'x-api-key': 'oak_live_wrong' } })
    assert.equal(wrong.status, 401, 'the address has not used up its wrong keys')
    const events = await server.app.context.database.audit.list(null, 1000)
    assert.equal(events.length, eventsBefore.length + 1, 'only the request to the API is a refusal')
  })

  it('answers an overridden HEAD completely, also with an error', async () => {
    const unknown = (await server.open('tus')).replace(/upload_id=.*/, `upload_id=${'x'.repeat(43)}`)
    for (const [url, status] of [
      [await server.open('tus'), 200],
      [unknown, 404],
    ] as const) {
      const connection = await openConnection(url)
      const request = { method: 'POST', headers: { ...TUS, 'X-HTTP-Method-Override': 'HEAD' } }
      await connection.write(requestHead(url, request, 0) + requestHead(url, { method: 'OPTIONS' }, 0))
      assert.equal((await connection.answer()).status, status)
      // The first response has ended where its head says, so that the next one is read correctly.
      assert.equal((await connection.answer()).status, 204)
      connection.destroy()
    }
  })
})

const MARKER = 'zzmarkerzz'
const ODD_NAMES = [
  `../../../${MARKER}.txt`,
  `..\\..\\${MARKER}.txt`,
  `/etc/${MARKER}`,
  `%2e%2e%2f${MARKER}.txt`,
  `"; filename="${MARKER}.html`,
  `'; DROP TABLE files; --${MARKER}`,
  `{"level":60,"msg":"${MARKER}"}`,
  `${MARKER}\r\nSet-Cookie: a=b`,
  `${MARKER}\u0000.txt`,
  `${MARKER}\u2028.txt`,
  `${MARKER}\u202egnp.exe`,
  `naïve 文 ${MARKER}.txt`,
]

describe('Values of the headers of an upload', () => {
  const server = useApp({ LOG_LEVEL: 'trace' })

  /** Headers of a creation with a name and the whole file. */
  const CREATIONS: Readonly<Record<Protocol, (name: string) => Headers>> = {
    tus: (name) => ({
      ...TUS_BYTES,
      'Upload-Length': '3',
      'Upload-Metadata': `filename ${base64(name)},${MARKER} ${base64(MARKER)}`,
    }),
    // A client can percent-encode every byte.
    ietf: (name) => ({
      'Upload-Complete': '?1',
      'Content-Type': 'text/plain',
      'Content-Disposition': `attachment; filename*=UTF-8''${Buffer.from(name).toString('hex').replace(/../g, '%$&')}`,
    }),
  }
  for (const protocol of NAMES) {
    for (const name of ODD_NAMES) {
      it(`are escaped everywhere or refused: the name ${JSON.stringify(name)} in ${protocol}`, async () => {
        const created = await exchange(`${server.app.baseUrl}${PROTOCOLS[protocol].path}`, {
          method: 'POST',
          headers: { 'X-API-Key': server.app.apiKey, ...CREATIONS[protocol](name) },
          body: Buffer.from('abc'),
        })
        assert.equal(created.headers['set-cookie'], undefined)
        if (created.status !== 201) {
          assert.equal(created.status, protocol === 'tus' ? 400 : 422, created.body)
          return
        }
        const fileId = created.headers['x-waybill-file-id'] ?? ''
        const file = json<FileObject>(await server.client.get(`/files/${fileId}`))
        assert.equal(file.original_filename, name.slice(name.search(/[^/\\]*$/)))
        const { download_url } = await server.client.content(fileId)
        const download = await fetch(download_url)
        assert.equal(await download.text(), 'abc')
        assert.equal(download.headers.get('set-cookie'), null)
        const shown = parseContentDisposition(download.headers.get('content-disposition') ?? '')
        assert.equal(shown.extendedFilename ?? shown.filename, file.original_filename)
      })
    }
  }

  it('reach no line of the log', () => {
    const output = server.app.output()
    assert.ok(output.includes('"path":"'))
    assert.ok(!output.includes(MARKER))
    for (const line of output.trim().split('\n')) assert.ok(JSON.parse(line).level < 50, line)
  })

  for (const name of ['Content-Digest', 'Repr-Digest'])
    it(`are told back only as JSON: the algorithms of ${name}`, async () => {
      const digest = `${MARKER}=:YWJj:, a*="</script>"`
      const { status, headers, body } = await server.create('ietf', { [name]: digest })
      assert.equal(status, 400)
      assert.equal(headers['content-type'], 'application/problem+json')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.deepEqual(JSON.parse(body).unsupported_algorithms, [
        { algorithm: MARKER, header: name },
        { algorithm: 'a*', header: name },
      ])
    })
})

describe('The limits of uploads', () => {
  const server = useApp({ MAX_OPEN_SESSIONS: '3' })
  const uploads = async () => json<{ total: number }>(await server.client.get('/files/uploads')).total

  it('allow 8 KiB of Upload-Metadata', async () => {
    const key = 'k'.repeat(8 * 1024)
    const url = await server.open('tus', { 'Upload-Metadata': key })
    assert.equal((await fetch(url, { method: 'HEAD', headers: TUS })).headers.get('upload-metadata'), key)
    assert.equal((await server.create('tus', { 'Upload-Metadata': `${key}k` })).status, 400)
    assert.equal((await exchange(url, { method: 'DELETE', headers: TUS })).status, 204)
  })

  for (const protocol of NAMES) {
    it(`refuse headers of more than 16 KiB (${protocol})`, async () => {
      const long = 'x'.repeat(20_000)
      const headers = { 'Upload-Metadata': long, 'Content-Disposition': long, 'Content-Digest': long }
      assert.equal((await server.create(protocol, headers)).status, 431)
    })

    it(`refuse a body of more than 256 MiB with a digest before it is read (${protocol})`, async () => {
      const url = await server.open(protocol)
      const digest = { 'Upload-Checksum': 'crc32c AAAAAA==', 'Content-Digest': 'crc32c=:AAAAAA==:' }
      const head = requestHead(
        url,
        {
          method: 'PATCH',
          headers: { ...PROTOCOLS[protocol].append, 'Upload-Offset': '0', ...digest },
        },
        256 * MIB + 1,
      )
      const connection = await openConnection(url)
      await connection.write(head)
      assert.equal((await connection.answer()).status, 413)
      connection.destroy()
      assert.equal(await offsetOf(url), 0)
      await exchange(url, { method: 'DELETE' })
    })

    it(`count the open uploads of an organization (${protocol})`, async () => {
      const urls = await Promise.all([1, 2, 3].map(() => server.open(protocol)))
      const refused = await server.create(protocol)
      assert.equal(refused.status, 429)
      assert.match(refused.body, /RATE_LIMIT_EXCEEDED|TOO_MANY_OPEN_UPLOADS/)
      const whole = await server.create('ietf', { 'Upload-Complete': '?1' }, { body: Buffer.from('abc') })
      assert.equal(whole.status, 429, 'an upload in one request is an open upload too')
      await exchange(urls[0] ?? '', { method: 'DELETE' })
      urls[0] = await server.open(protocol)
      for (const url of urls) await exchange(url, { method: 'DELETE' })
      assert.equal(await uploads(), 0)
    })
  }
})

// Each case waits for a second, so they run concurrently.
describe('A client that stops sending', { concurrency: true }, () => {
  const server = useApp({ UPLOAD_IDLE_SECONDS: '1' })

  for (const protocol of NAMES) {
    for (const transfer of ['Content-Length', 'chunked'] as const) {
      it(`loses its connection, and its bytes are kept (${protocol}, ${transfer})`, async () => {
        const url = await server.open(protocol)
        const headers = { ...PROTOCOLS[protocol].append, 'Upload-Offset': '0' }
        const connection = await openConnection(url)
        await connection.write(requestHead(url, { method: 'PATCH', headers, transfer }, 1000))
        await connection.write(transfer === 'chunked' ? '3\r\nabc\r\n' : 'abc')
        await connection.closed()
        connection.destroy()
        assert.equal(await offsetOf(url), 3)
      })
    }

    it(`loses its connection during a creation, and holds no more than an open upload (${protocol})`, async () => {
      const url = `${server.app.baseUrl}${PROTOCOLS[protocol].path}`
      const headers = {
        'X-API-Key': server.app.apiKey,
        ...PROTOCOLS[protocol].append,
        ...PROTOCOLS[protocol].create,
      }
      const connection = await openConnection(url)
      await connection.write(`${requestHead(url, { method: 'POST', headers }, 1000)}abc`)
      await connection.closed()
      connection.destroy()
    })
  }

  it('loses its connection before the trailer that it announced', async () => {
    const url = await server.open('tus')
    const headers = { ...TUS_BYTES, 'Upload-Offset': '0', Trailer: 'Upload-Checksum' }
    const connection = await openConnection(url)
    await connection.write(requestHead(url, { method: 'PATCH', headers, transfer: 'chunked' }, 0))
    await connection.write('3\r\nabc\r\n0\r\n')
    await connection.closed()
    connection.destroy()
    assert.equal(await offsetOf(url), 0)
  })

  it('keeps no byte of a body with a digest', async () => {
    const url = await server.open('ietf')
    const headers = { ...IETF_BYTES, 'Upload-Offset': '0', 'Content-Digest': 'crc32c=:AAAAAA==:' }
    const connection = await openConnection(url)
    await connection.write(`${requestHead(url, { method: 'PATCH', headers }, 1000)}abc`)
    await connection.closed()
    connection.destroy()
    assert.equal(await offsetOf(url), 0)
  })
})

describe('Uploads of unknown length that are held open', () => {
  const server = useApp()
  const QUOTA_BYTES = 20 * MIB
  const BODY_BYTES = 8 * MIB
  const HELD: readonly Protocol[] = ['tus', 'ietf', 'tus', 'ietf']

  it('reserve no more than the quota together, and store no more than they reserved', async () => {
    const { app } = server
    const { organizations } = app.context.database
    await organizations.update(app.organizationId, { storageLimitBytes: QUOTA_BYTES }, Date.now())
    const bytes = encodeChunks(randomBytes(BODY_BYTES))
    const urls = await Promise.all(HELD.map((protocol) => server.open(protocol)))
    const connections = await Promise.all(urls.map(openConnection))
    const answers = connections.map((connection, index) => {
      const { append: own } = PROTOCOLS[HELD[index] ?? 'tus']
      const request = {
        method: 'PATCH',
        headers: { ...own, 'Upload-Offset': '0' },
        transfer: 'chunked',
      } as const
      void connection.write(requestHead(urls[index] ?? '', request, 0)).then(() => connection.write(bytes))
      return connection.answer()
    })
    // Not all bodies fit, so that one of them is refused while the others are still open.
    const refused = await Promise.any(answers)
    assert.equal(refused.status, 413, refused.body)
    const usage = json<{ storage_reserved_bytes: number }>(await server.client.get(''))
    assert.ok(usage.storage_reserved_bytes <= QUOTA_BYTES, `${usage.storage_reserved_bytes} are reserved`)
    const stored = (await Promise.all(urls.map(offsetOf))).reduce((sum, offset) => sum + offset, 0)
    assert.ok(stored > 0 && stored <= QUOTA_BYTES, `${stored} bytes are stored`)
    for (const connection of connections) connection.destroy()
    await Promise.allSettled(answers)
  })
})
