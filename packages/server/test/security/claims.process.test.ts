import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { UnsecuredJWT } from 'jose'
import { pdfBombOf } from '../../../extract/test/sample-files.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { openTextExtractor } from '../../src/knowledge/extraction/open-text-extractor.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import { authenticate } from '../../src/operations/access/authenticate.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { createInstallationClock } from '../../src/operations/installation/installation-clock.ts'
import { deleteMember } from '../../src/operations/members/delete-member.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { type Client, createClient, type FileObject, putObject, sendToApi, textFile } from '../api/client.ts'
import { assertError, assertNothingLeaks } from '../api/envelope.ts'
import { exchange, json } from '../api/exchange.ts'
import * as sample from '../api/sample-files.ts'
import { createStore, dataOf, indexText, type SearchResults } from '../api/vector-store-bodies.ts'
import { eventually } from '../clients/eventually.ts'
import { type GoogleServer, keptUpload, startGoogleServer } from '../gcs/google-server.ts'
import { loseDatabase } from '../lose-database.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { openConnection } from '../protocol/exchange.ts'
import { REJECTED, startScanner } from '../scanning/scripted-scanner.ts'
import { startApp } from '../start-app.ts'
import { listeningUrl, runWaybill, spawnWaybill, startServer, type TestServer } from '../start-server.ts'
import { CLIENT_ID, createKey, startFixtureProvider } from '../users/fixture-provider.ts'
import { addAsOperator, claimsOf, userOf } from '../users/sign-in.ts'

const SECURITY = new URL('../../../../SECURITY.md', import.meta.url)
const HOSTILE_NAMES = [
  '../../../outside.txt',
  '/etc/passwd',
  '..\\..\\outside.txt',
  '%2e%2e%2foutside.txt',
  "'; DROP TABLE files; --.txt",
  '{"level":60,"msg":"forged"}.txt',
]

const SCRIPT = Buffer.from('<script>alert(1)</script>')
const SCRIPTED_SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')

/** Expected `Content-Disposition` of a download by its declared type. */
const SERVED: readonly (readonly [mimeType: string, bytes: Buffer, disposition: string])[] = [
  ['image/png', sample.png(), 'inline'],
  ['image/jpeg', sample.jpeg(), 'inline'],
  ['image/x-unknown; a=b', sample.patternedBytes(100), 'inline'],
  ['audio/wav', sample.wav(), 'inline'],
  ['audio/mpeg', sample.mp3(), 'inline'],
  ['video/mp4; codecs="avc1.42E01E, mp4a.40.2"', sample.mp4(), 'inline'],
  ['application/pdf', sample.pdf(), 'inline'],
  ['text/plain', SCRIPT, 'inline'],
  ['text/plain; charset=utf-8', SCRIPT, 'inline'],
  ['Text/Plain;charset=utf-7', SCRIPT, 'inline'],
  ['image/svg+xml', SCRIPTED_SVG, 'attachment'],
  ['Image/SVG+XML; charset=utf-8', SCRIPTED_SVG, 'attachment'],
  ['text/html', SCRIPT, 'attachment'],
  ['text/html;charset=utf-8', SCRIPT, 'attachment'],
  ['application/xhtml+xml', SCRIPT, 'attachment'],
  ['text/xml', SCRIPTED_SVG, 'attachment'],
  ['application/xml', SCRIPTED_SVG, 'attachment'],
  ['text/javascript', SCRIPT, 'attachment'],
  ['text/css', SCRIPT, 'attachment'],
  ['text/csv', SCRIPT, 'attachment'],
  ['text/markdown', SCRIPT, 'attachment'],
  ['application/json', SCRIPT, 'attachment'],
  ['application/octet-stream', SCRIPT, 'attachment'],
  ['application/zip', sample.plainZip(), 'attachment'],
  ['application/x-unknown', SCRIPT, 'attachment'],
  ['multipart/related; boundary=a', SCRIPT, 'attachment'],
  ['message/rfc822', SCRIPT, 'attachment'],
]
interface AuditRow {
  readonly actor: string | null
  readonly outcome: string
  readonly client_address: string | null
  readonly count: number
}

/** Returns the output of a start until it listens. */
async function outputOfStart(dataDir: string): Promise<string> {
  const child = spawnWaybill(dataDir, ['serve'], await databaseOf(dataDir).create())
  const exited = once(child, 'exit')
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  await listeningUrl(child)
  child.kill('SIGKILL')
  await exited
  return output
}

/** Tests each claim of SECURITY.md against the real process. */
describe('what SECURITY.md claims', () => {
  let server: TestServer
  let client: Client
  let other: Client
  let file: FileObject
  let uploadUrl: string
  let downloadUrl: URL
  let shareUrl: URL
  const titles: string[] = []
  const claim = (title: string, test: () => Promise<void>) => {
    titles.push(title)
    it(title, test)
  }

  before(async () => {
    server = await startServer({ env: { LOG_LEVEL: 'trace' } })
    client = createClient(server)
    other = createClient(server, await server.addOrganization('org_other'))
    const upload = await client.storeObject(textFile())
    uploadUrl = upload.uploadUrl
    file = json<FileObject>(await client.register(upload.register))
    downloadUrl = new URL((await client.content(file.id)).download_url)
    shareUrl = await share(client)
    for (const filename of HOSTILE_NAMES) {
      const answer = await client.post('/files/upload-url', {
        filename,
        file_size: 3,
        mime_type: 'text/plain',
      })
      if (answer.status !== 200) continue
      const { upload_url, gcs_path } = json<{ upload_url: string; gcs_path: string }>(answer)
      await putObject(upload_url, Buffer.from('abc'))
      await client.register({ filename, gcs_path, file_size: 3, mime_type: 'text/plain' })
    }
  })
  after(() => server.stop())

  const secretsOfUrls = () => [
    new URL(uploadUrl).searchParams.get('upload_id') ?? '',
    downloadUrl.searchParams.get('token') ?? '',
    shareUrl.searchParams.get('token') ?? '',
  ]
  const share = async ({ post }: Client) =>
    new URL(json<{ url: string }>(await post(`/files/${file.id}/links`, {})).url)
  const dataFiles = async () => {
    const entries = await readdir(server.dataDir, { recursive: true, withFileTypes: true })
    return entries.map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
  }
  const newKey = async (scopes: readonly string[]) => {
    const answer = await client.post('/api-keys', { key_name: 'A key', scopes })
    const { id, key } = json<{ id: string; key: string }>(answer)
    return { id, keyed: createClient(server, { ...client, apiKey: key }) }
  }
  const fetchDownload = (url: URL, method = 'GET') => exchange(url.origin, method, url.pathname + url.search)

  claim('S1 stores keys, session ids and share links only as hashes', async () => {
    for (const { path, isFile } of await dataFiles()) {
      if (!isFile) continue
      const bytes = await readFile(path)
      for (const secret of [client.apiKey, ...secretsOfUrls()]) {
        assert.ok(secret.length > 20)
        assert.ok(!bytes.includes(secret), `${path} holds a secret`)
      }
    }
  })

  claim(
    'S2 logs no key, session URI, download token, share link or header, at any level and by no library',
    async () => {
      // All levels and kinds of requests: secrets-in-logs.process.test.ts.
      await fetchDownload(downloadUrl)
      await fetchDownload(shareUrl)
      const form = new FormData()
      form.append('file', new Blob(['direct\n'], { type: 'text/plain' }), 'direct.txt')
      const headers = { 'x-api-key': client.apiKey, 'x-own': `header-${client.apiKey.slice(9)}` }
      const sent = await fetch(`${server.baseUrl}/files/upload`, { method: 'POST', headers, body: form })
      assert.equal(sent.status, 201)
      assert.ok(!server.output().includes(headers['x-own']))
      await sendToApi(server, 'GET', `/v1/organizations/x/files?key=${client.apiKey}`)
      for (const secret of [client.apiKey, ...secretsOfUrls()]) assert.ok(!server.output().includes(secret))
    },
  )

  claim('S3 makes data readable only for its owner', async () => {
    for (const { path } of await dataFiles()) {
      const { mode } = await stat(path)
      assert.equal(mode & 0o077, 0, `${path} is open to others`)
    }
    const dataDir = await mkdtemp(join(tmpdir(), 'waybill-first-'))
    try {
      const output = await outputOfStart(dataDir)
      const path = join(dataDir, 'first-admin-key')
      assert.ok(!output.includes('oak_live_') && output.includes(path))
      assert.equal((await stat(path)).mode & 0o777, 0o600)
    } finally {
      await rm(dataDir, { recursive: true })
      await databaseOf(dataDir).remove()
    }
  })

  claim('S4 shows a session URI once', async () => {
    const upload = await client.startUpload(textFile('shown-once.txt'))
    const secret = new URL(upload.uploadUrl).searchParams.get('upload_id') ?? ''
    const listed = await client.get('/files/uploads')
    assert.ok(listed.bytes.includes(upload.fileId))
    assert.ok(!listed.bytes.includes(secret))
  })

  claim('S5 refuses a download token with a changed character, file or time', async () => {
    assert.equal((await fetchDownload(downloadUrl)).status, 200)
    const token = downloadUrl.searchParams.get('token') ?? ''
    const changes: Record<string, (url: URL) => void> = {
      character: (url) => url.searchParams.set('token', (token[0] === 'A' ? 'B' : 'A') + token.slice(1)),
      file: (url) => {
        const otherId = file.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
        url.pathname = url.pathname.replace(file.id, otherId)
      },
      time: (url) => url.searchParams.set('expires', '4102444800'),
    }
    for (const [what, change] of Object.entries(changes)) {
      const url = new URL(downloadUrl)
      change(url)
      assert.ok((await fetchDownload(url)).status >= 400, `another ${what}`)
    }
  })

  claim('S6 treats data of another organization as if it did not exist', async () => {
    const theirs = await other.get(`/files/${file.id}`)
    const none = await other.get(`/files/file_${'0'.repeat(32)}`)
    assertError(theirs, 404, 'FILE_NOT_FOUND')
    assertError(none, 404, 'FILE_NOT_FOUND')
    assert.equal(json<{ total: number }>(await other.get('/files')).total, 0)
  })

  claim('S7 limits a key to its scopes', async () => {
    const { keyed } = await newKey(['files:read'])
    assert.equal((await keyed.get('/files')).status, 200)
    assertError(await keyed.del(`/files/${file.id}`), 403, 'INSUFFICIENT_PERMISSIONS')
    assertError(await keyed.get('/api-keys'), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  claim('S8 refuses a paused, deactivated or deleted key from the next request on', async () => {
    for (const [act, code] of [
      ['pause', 'API_KEY_PAUSED'],
      ['deactivate', 'API_KEY_DEACTIVATED'],
    ] as const) {
      const { id, keyed } = await newKey(['files:read'])
      await client.send('POST', `/api-keys/${id}/${act}`)
      assertError(await keyed.get('/files'), 401, code)
    }
    const { id, keyed } = await newKey(['files:read'])
    await client.del(`/api-keys/${id}`)
    assertError(await keyed.get('/files'), 401, 'INVALID_API_KEY')
  })

  claim('S9 allows no reads through a session URI', async () => {
    // The requests of every protocol are in upload-protocols.test.ts.
    const { origin, pathname, search } = new URL(uploadUrl)
    for (const method of ['GET', 'HEAD']) {
      const answer = await exchange(origin, method, pathname + search)
      assert.equal(answer.status, 204)
      assert.equal(answer.bytes.length, 0)
    }
  })

  claim('S10 limits wrong keys, but not valid keys beside them', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 110; attempt++) {
      const credentials = { 'x-api-key': `oak_live_${attempt}` }
      statuses.push((await client.get('/files', { credentials })).status)
    }
    assert.equal(statuses.at(-1), 429)
    assert.equal((await fetchDownload(new URL(`${shareUrl}A`))).status, 429)
    assert.equal((await fetchDownload(shareUrl)).status, 200)
    assert.equal((await client.get('/files')).status, 200)
  })

  claim('S11 uses no part of a request as a file path', async () => {
    const ours =
      /^(waybill\.db(-wal|-shm|-ballast)?|objects(\/(FORMAT|OWNER|[0-9a-f]{2}(\/[0-9a-f]{64}\.[a-z0-9.]+)?))?)$/
    for (const { path } of await dataFiles()) {
      assert.match(path.slice(server.dataDir.length + 1), ours)
    }
  })

  claim('S12 uses no part of a request as SQL', async () => {
    const name = HOSTILE_NAMES[4] ?? ''
    const { files } = json<{ files: FileObject[] }>(await client.get('/files'))
    assert.ok(
      files.some(({ original_filename }) => original_filename === name),
      'it is a name like any other',
    )
    const query = encodeURIComponent("' OR 1=1 --")
    assertError(await client.get(`/files/${query}`), 404, 'FILE_NOT_FOUND')
  })

  claim('S13 lets no part of a request forge a line of the log', async () => {
    await client.get('/files', { headers: { 'x-request-id': 'a"b{"level":60}' } })
    for (const line of server.output().trim().split('\n')) {
      const { level, msg } = JSON.parse(line)
      assert.ok(level < 60 && msg !== 'forged')
    }
  })

  claim('S14 does not register a file whose bytes contradict its type', async () => {
    const cases: readonly [mimeType: string, bytes: Buffer][] = [
      ['image/png', Buffer.from('plain words')],
      ['image/png', sample.pdf()],
      ['text/plain', sample.png()],
      ['image/x-unknown', Buffer.from(' <!-- --> <html><script>alert(1)</script></html>')],
      ['audio/x-unknown', Buffer.from('#!/bin/sh\nexit 0\n')],
      ['video/x-unknown', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
      ['application/pdf', Buffer.concat([Buffer.from('<html>'), sample.pdf()])],
      ['font/x-unknown', Buffer.concat([Buffer.from('7f454c46', 'hex'), Buffer.alloc(100)])],
    ]
    for (const [mimeType, bytes] of cases) {
      const upload = await client.storeObject({ filename: 'a', mimeType, bytes })
      assertError(await client.register(upload.register), 422, 'FILE_TYPE_MISMATCH')
    }
  })

  claim('S15 limits everything', async () => {
    const long = 'a'.repeat(20_000)
    const header = await exchange(server.url, 'GET', '/v1/health', { 'x-long': long })
    assert.equal(header.status, 431)
    const body = { filename: 'a'.repeat(2_000_000), file_size: 1, mime_type: 'text/plain' }
    assert.equal((await client.post('/files/upload-url', body)).status, 413)
    for (const query of ['limit=101', 'limit=1e9', 'page=99999999999']) {
      assert.equal((await client.get(`/files?${query}`)).status, 422, query)
    }
    const name = { filename: 'a'.repeat(256), file_size: 1, mime_type: 'text/plain' }
    assert.equal((await client.post('/files/upload-url', name)).status, 422)
  })

  claim('S23 lets unauthenticated clients use no memory', async () => {
    // The load test is test/abuse/slow-bodies.test.ts; this checks that the answer does not wait for a body.
    const body = ['Host: a', 'Content-Type: application/json', 'Content-Length: 1000000', '', '']
    const files = `/v1/organizations/${server.organizationId}/files`
    for (const [line, status] of [
      ['POST /nowhere', 404],
      [`PUT ${files}`, 405],
      [`POST ${files}`, 401],
      [`POST ${files}/upload`, 401],
      ['PUT /upload/storage/v1/b/waybill/o?upload_id=none', 404],
    ] as const) {
      const connection = await openConnection(server.url)
      await connection.write([`${line} HTTP/1.1`, ...body].join('\r\n'))
      const answer = await connection.answer().finally(connection.destroy)
      assert.equal(answer.status, status, line)
      assert.equal(answer.headers.connection, 'close', line)
    }
  })

  claim('S16 lets a browser show only inactive content, and save the rest', async () => {
    for (const [mimeType, bytes, disposition] of SERVED) {
      const { id } = await client.uploadFile({ filename: 'a', mimeType, bytes })
      const { headers } = await fetchDownload(new URL((await client.content(id)).download_url))
      assert.match(String(headers['content-disposition']), new RegExp(`^${disposition};`), mimeType)
      assert.equal(headers['content-type'], mimeType)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'")
    }
  })

  claim('S17 reveals no internals in an error', async () => {
    for (const path of ['/files/%00', '/files?after=%27', '/nowhere', '/files/x/download?token=%ff']) {
      const answer = await client.get(path)
      assert.ok(answer.status >= 400 && answer.status < 500, path)
      assertNothingLeaks(answer.bytes.toString(), server.dataDir)
    }
  })

  claim('S18 lets a page of another origin call the API only when it is configured', async () => {
    const headers = { origin: 'https://evil.example', 'x-api-key': client.apiKey }
    const answer = await client.get('/files', { headers })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })

  claim('S24 lets no cache store an answer of the API, and no browser guess its type', async () => {
    const files = `/v1/organizations/${server.organizationId}/files`
    const key = { 'x-api-key': client.apiKey }
    const session = new URL(uploadUrl)
    const requests: readonly (readonly [method: string, path: string, headers?: Record<string, string>])[] = [
      ['GET', '/v1/health'],
      ['GET', '/v1/health/details'],
      ['GET', '/openapi.json'],
      ['GET', files, key],
      ['GET', `${files}/${file.id}`, key],
      ['GET', `${files}/${file.id}/content`, key],
      ['GET', `/v1/organizations/${server.organizationId}/api-keys`, key],
      ['POST', `${files}/upload-url`, { ...key, 'content-type': 'application/json' }],
      ['GET', files],
      ['GET', '/nowhere'],
      ['GET', '/%zz'],
      ['PUT', files, key],
      ['GET', `${files}/${file.id}/download?token=x&expires=1`],
      ['GET', downloadUrl.pathname + downloadUrl.search, { range: 'bytes=999999-' }],
      ['PUT', session.pathname + session.search, { 'content-range': 'bytes */*' }],
      ['GET', session.pathname + session.search],
      ['OPTIONS', session.pathname + session.search],
      ['GET', '/v1/health', { 'x-long': 'a'.repeat(20_000) }],
      ['GET', '/v1/health', { expect: 'something' }],
    ]
    for (const [method, path, headers] of requests) {
      const answer = await exchange(server.url, method, path, headers)
      const name = `${method} ${path}: ${answer.status}`
      assert.equal(answer.headers['cache-control'], 'no-store', name)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff', name)
    }
    const { headers } = await fetchDownload(downloadUrl)
    assert.equal(headers['cache-control'], 'private, max-age=3600')
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })

  describe('with the bytes at Google', () => {
    let all: GoogleServer
    let there: Client
    before(async () => {
      all = await startGoogleServer({ LOG_LEVEL: 'trace' })
      there = createClient(all.server)
    })
    after(() => all?.stop())

    claim('S19 stores a session URI of Google only encrypted, and only while it can be used', async () => {
      const html = { filename: 'a.html', mimeType: 'text/html', bytes: Buffer.from('<script>1</script>') }
      const { uploadUrl: uri, fileId, register } = await there.storeObject(html)
      const secret = new URL(uri).searchParams.get('upload_id') ?? ''
      assert.ok(secret.length >= 43)
      const handle = (await keptUpload(all, fileId))?.uploadHandle ?? ''
      assert.ok(handle.length > uri.length)
      for (const text of [handle, Buffer.from(handle, 'base64url').toString('latin1'), all.server.output()]) {
        assert.ok(!text.includes(secret))
      }
      await there.register(register)
      assert.equal((await keptUpload(all, fileId))?.uploadHandle, null)
    })

    claim(
      'S20 has a browser save what comes from Google, and signs for one version and an hour',
      async () => {
        const html = { filename: 'a.html', mimeType: 'text/html', bytes: Buffer.from('<script>1</script>') }
        const { id } = await there.uploadFile(html)
        const url = new URL((await there.content(id)).download_url)
        assert.equal(url.searchParams.get('X-Goog-Expires'), '3600')
        assert.match(url.searchParams.get('generation') ?? '', /^\d{16}$/)
        assert.match((await fetch(url)).headers.get('content-disposition') ?? '', /^attachment/)
        url.searchParams.delete('response-content-disposition')
        assert.equal((await fetch(url)).status, 403)
      },
    )
  })

  claim('S26 counts a direct upload while it runs', async () => {
    // The bound itself is tested in test/abuse/quota-on-disk.test.ts, with several processes too.
    const reserved = async () =>
      json<{ storage_reserved_bytes: number }>(await client.get('')).storage_reserved_bytes
    const before = await reserved()
    const { hostname, port, pathname } = new URL(`${server.baseUrl}/files/upload`)
    const held = request({
      hostname,
      port,
      path: pathname,
      method: 'POST',
      headers: { 'X-API-Key': client.apiKey, 'Content-Type': 'multipart/form-data; boundary=b' },
    })
    held.on('error', () => {})
    held.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n')
    held.write(Buffer.alloc(3_000_000, 'a'))
    await eventually('it is reserved', async () => (await reserved()) >= before + 3_000_000)
    held.destroy()
    await eventually('the reservation is released', async () => (await reserved()) === before)
  })

  claim('S27 reports free space of the disk, and refuses writes only when there is none', async () => {
    // test/faults/disk-full.process.test.ts tests a full disk, for which it mounts a file system.
    const health = await exchange(server.url, 'GET', '/v1/health')
    assert.deepEqual(json(health), { status: 'ok' })
  })

  claim('S21 lets the console run only its own script, and connect only to its server', async () => {
    const { headers } = await exchange(server.url, 'GET', '/console/')
    const policy = String(headers['content-security-policy'])
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
    ]) {
      assert.ok(policy.includes(part), part)
    }
    assert.doesNotMatch(policy, /unsafe|\*|https?:|data:|blob:/)
  })

  claim('S22 keeps the key of the console only in its tab', async () => {
    // Browser tests: packages/console/test/session.test.ts and files.test.ts. This checks the sources for other ways.
    const sources = new URL('../../../console/src/', import.meta.url)
    const names = await readdir(sources, { recursive: true })
    const texts = new Map<string, string>()
    for (const name of names.filter((one) => /\.tsx?$/.test(one))) {
      texts.set(name, await readFile(new URL(name, sources), 'utf8'))
    }
    const filesWith = (pattern: RegExp) =>
      [...texts].filter(([, text]) => pattern.test(text)).map(([name]) => name)
    const stores = ['sign-in/pending-sign-in.ts', 'workspace/stored-session.ts']
    assert.deepEqual(filesWith(/sessionStorage/).sort(), stores)
    // Values that a sign-in needs when the provider answers, and never a token.
    assert.doesNotMatch(texts.get('sign-in/pending-sign-in.ts') ?? '', /apiKey|[tT]oken/)
    // Handles of files, and never the key.
    assert.deepEqual(filesWith(/indexedDB/), ['uploads/stored-handles.ts'])
    assert.doesNotMatch(texts.get('uploads/stored-handles.ts') ?? '', /apiKey|session/)
    assert.deepEqual(filesWith(/document\.cookie|caches\./), [])
    assert.deepEqual(filesWith(/dangerouslySetInnerHTML|innerHTML|<iframe|<object|<embed|\beval\(/), [])
    const [stored = ''] = [texts.get('workspace/stored-session.ts')]
    assert.doesNotMatch(stored, /localStorage[^\n]*apiKey/)
  })

  claim('S25 limits the work that one organization can cause', async () => {
    const limited = await startServer({ env: { MAX_OPEN_SESSIONS: '2' } })
    try {
      const tenant = createClient(limited)
      const neighbour = createClient(limited, await limited.addOrganization('org_neighbour'))
      const open = (by: Client) =>
        by.post('/files/upload-url', { filename: 'a.txt', file_size: 3, mime_type: 'text/plain' })
      const statuses = (await Promise.all(Array.from({ length: 8 }, () => open(tenant)))).map(
        (one) => one.status,
      )
      assert.equal(statuses.filter((status) => status === 200).length, 2)
      assert.equal(statuses.filter((status) => status === 429).length, 6)
      assert.equal((await open(neighbour)).status, 200)
      for (const [list, size] of [
        ['/files', 'limit'],
        ['/files/uploads', 'limit'],
        ['/api-keys', 'page_size'],
      ]) {
        assert.equal((await tenant.get(`${list}?page=100&${size}=100`)).status, 200)
        const tooDeep = await tenant.get(`${list}?page=101&${size}=100`)
        assertError(tooDeep, 422, 'VALIDATION_ERROR')
        assert.match(tooDeep.bytes.toString(), /next_cursor/)
      }
    } finally {
      await limited.stop()
    }
  })

  claim('S28 counts refusals of a key, and attributes them to a known key', async () => {
    // Flood test: abuse/audit-flood.test.ts.
    const { id, keyed } = await newKey(['files:read'])
    for (let attempt = 0; attempt < 30; attempt++) await keyed.del(`/files/${file.id}`)
    for (let attempt = 0; attempt < 110; attempt++) {
      await client.get('/files', { credentials: { 'x-api-key': `oak_live_${attempt}` } })
    }
    await client.post(`/api-keys/${id}/deactivate`, undefined)
    assertError(await keyed.get('/files'), 401, 'API_KEY_DEACTIVATED')
    const rowsOf = async (outcome: string) => {
      const rows: AuditRow[] = JSON.parse(await runWaybill(server.dataDir, ['audit', '--json']))
      return rows.filter((row) => row.actor === id && row.outcome === outcome)
    }
    const counted = await eventually('all are counted', async () => {
      const rows = await rowsOf('INSUFFICIENT_PERMISSIONS')
      return rows.reduce((sum, { count }) => sum + count, 0) === 30 && rows
    })
    assert.ok(counted.length <= 2, 'one row a minute')
    const [use] = await rowsOf('API_KEY_DEACTIVATED')
    assert.equal(use?.client_address, '127.0.0.1')
  })

  claim('S29 does not start with an empty database beside files', async () => {
    // All kinds of storage, and the option: lost-database.process.test.ts.
    const dataDir = await mkdtemp(join(tmpdir(), 'waybill-lost-'))
    try {
      const lost = await startServer({ dataDir })
      await createClient(lost).uploadFile(textFile())
      await lost.stop()
      await loseDatabase(dataDir)
      const refused = { code: 1, stderr: /the database has no organization, and the storage .* is lost/i }
      await assert.rejects(runWaybill(dataDir, ['serve'], { PORT: '0' }), refused)
    } finally {
      await rm(dataDir, { recursive: true })
      await databaseOf(dataDir).remove()
    }
  })

  claim('S30 ends the upload sessions and links of a key that is deleted', async () => {
    const { id, keyed } = await newKey(['files:read', 'files:write'])
    const { uploadUrl: session } = await keyed.startUpload(textFile('revoked.txt'))
    const link = new URL((await keyed.content(file.id)).download_url)
    const shared = await share(keyed)
    for (const url of [link, shared]) assert.equal((await fetchDownload(url)).status, 200)
    assert.equal((await client.del(`/api-keys/${id}`)).status, 200)
    // The limit of wrong keys and links may be reached.
    assert.match(String((await fetchDownload(shared)).status), /^(401|429)$/)
    assertError(await fetchDownload(link), 401, 'TOKEN_INVALID')
    assert.equal((await putObject(session, textFile().bytes)).status, 499)
    assert.equal((await fetchDownload(downloadUrl)).status, 200)
  })

  claim('S31 makes nothing valid again when the clock is set back', async () => {
    // Restarts and several processes: installation-clock.test.ts. This checks that keys use that time.
    const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
    const { installation } = database
    const dayMs = 24 * 60 * 60 * 1000
    const clock = createInstallationClock(installation, { warn: () => {} })
    const id = 'org_clock'
    const log = { warn: () => {} }
    const { now } = clock
    const operations = { database, audit: createAudit({ database, log, now }), now }
    const created = await createOrganization(operations, operatorCaller(null), { id, name: 'Clock' })
    const { apiKey: key, secret } = await createApiKey(operations, operatorCaller(id), {
      name: 'Short',
      expiresAt: new Date(Date.now() + dayMs).toISOString(),
    })
    await installation.noteTime(Date.now() + 2 * dayMs, 0)
    const restarted = createInstallationClock(installation, { warn: () => {} })
    await restarted.sync()
    const context = { database, now: restarted.now, log }
    const request = { traceId: 'clock', clientAddress: null }
    await assert.rejects(authenticate(context, secret, request), { code: 'API_KEY_EXPIRED' })
    assert.equal(
      (await authenticate(context, created.apiKey.secret, request)).organizationId,
      key.organizationId,
    )
    await database.close()
  })

  claim('S32 encrypts the download secret when a key is configured', async () => {
    const secretsKey = randomBytes(32).toString('base64')
    const sealing = await startServer({ env: { SECRETS_KEY: secretsKey, LOG_LEVEL: 'trace' } })
    try {
      assert.ok(!sealing.output().includes(secretsKey))
      await sealing.kill('SIGTERM')
      for (const env of [{ SECRETS_KEY: randomBytes(32).toString('base64') }, { SECRETS_KEY: '' }]) {
        await assert.rejects(
          runWaybill(sealing.dataDir, ['serve'], env),
          (error: Error & { stderr: string }) => {
            assert.match(error.stderr, /^waybill: .*SECRETS_KEY/)
            assert.ok(!error.stderr.includes(secretsKey))
            return true
          },
        )
      }
    } finally {
      await sealing.stop()
    }
  })

  claim('S33 ends the reader of a file that exhausts memory', async () => {
    // The rights of a reader and more hostile files: open-text-extractor.process.test.ts.
    const extractor = await openTextExtractor()
    try {
      const bytes = pdfBombOf(400 * 1024 * 1024)
      const file = {
        filename: 'a.pdf',
        contentType: 'application/pdf',
        detectedContentType: 'application/pdf',
      }
      async function* whole() {
        yield bytes
      }
      const never = new AbortController().signal
      const extracted = extractor.extract({ ...file, sizeBytes: bytes.length, bytes: whole() }, never)
      await assert.rejects(extracted, { code: 'invalid_file', message: /512 MB of memory|15 seconds/ })
    } finally {
      await extractor.close()
    }
  })

  const searched = async (who: Client, storeId: string) => {
    const answer = await who.post(`/vector-stores/${storeId}/search`, { query: 'merger' })
    return dataOf<SearchResults>(answer).results
  }

  claim('S34 keeps vector stores of organizations apart', async () => {
    const own = await createStore(client)
    await indexText(client, own.id, 'A merger is planned.')
    const before = await searched(client, own.id)
    const foreign = await createStore(other, { name: 'Foreign' })
    for (const text of ['The merger is secret.', 'merger merger merger'])
      await indexText(other, foreign.id, text)
    assert.deepEqual(await searched(client, own.id), before)
    const path = `/vector-stores/${foreign.id}`
    assertError(await client.get(path), 404, 'VECTOR_STORE_NOT_FOUND')
    assertError(await client.post(`${path}/search`, { query: 'merger' }), 404, 'VECTOR_STORE_NOT_FOUND')
    assertError(await client.post(`${path}/files`, { file_id: file.id }), 404, 'VECTOR_STORE_NOT_FOUND')
    assert.ok(!(await client.get('/vector-stores')).bytes.includes(foreign.id))
    const openai = await fetch(`${server.url}/v1/vector_stores/${foreign.id}`, {
      headers: { authorization: `Bearer ${client.apiKey}` },
    })
    assert.equal(openai.status, 404)
  })

  claim('S35 shows private vector stores to their creator and to admins only', async () => {
    const scopes = ['vector_stores:read', 'vector_stores:write', 'files:read', 'files:write']
    const [creator, colleague] = [(await newKey(scopes)).keyed, (await newKey(scopes)).keyed]
    const store = await createStore(creator, { name: 'Private', access_mode: 'private' })
    await indexText(creator, store.id, 'A merger is planned.')
    const path = `/vector-stores/${store.id}`
    for (const admitted of [creator, client]) assert.equal((await searched(admitted, store.id)).length, 1)
    assertError(await colleague.get(path), 404, 'VECTOR_STORE_NOT_FOUND')
    assertError(await colleague.post(`${path}/search`, { query: 'merger' }), 404, 'VECTOR_STORE_NOT_FOUND')
    assertError(await colleague.del(path), 404, 'VECTOR_STORE_NOT_FOUND')
    assert.ok(!(await colleague.get('/vector-stores')).bytes.includes(store.id))
    const openai = await fetch(`${server.url}/v1/vector_stores/${store.id}`, {
      headers: { authorization: `Bearer ${colleague.apiKey}` },
    })
    assert.equal(openai.status, 404)
  })

  claim('S36 finds no text of a file that was removed or deleted', async () => {
    const store = await createStore(client)
    const removed = await indexText(client, store.id, 'The merger was removed.')
    const deleted = await indexText(client, store.id, 'The merger was deleted.')
    assert.equal((await searched(client, store.id)).length, 2)
    assert.equal((await client.del(`/vector-stores/${store.id}/files/${removed.file_id}`)).status, 204)
    assert.deepEqual(
      (await searched(client, store.id)).map(({ file_id }) => file_id),
      [deleted.file_id],
    )
    assert.equal((await client.del(`/files/${deleted.file_id}`)).status, 204)
    assert.deepEqual(await searched(client, store.id), [])
  })

  claim('S37 shares stored content within one organization only', async () => {
    const bytes = Buffer.from('%PDF-1.7 content that one organization has')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const facts = { filename: 'a.pdf', file_size: bytes.length, mime_type: 'application/pdf' }
    const ask = (who: Client, fields: object = {}) =>
      who.post('/files/upload-url', { ...facts, sha256, ...fields })
    const isStored = async (who: Client) => json<{ already_stored: boolean }>(await ask(who)).already_stored
    await client.uploadFile({ filename: 'a.pdf', mimeType: 'application/pdf', bytes })
    assert.equal(await isStored(client), false)
    const opened = json<{ upload_url: string }>(await ask(client, { auto_register: true }))
    assert.equal((await putObject(opened.upload_url, bytes)).status, 200)
    assert.equal(await isStored(client), true)
    assert.equal(await isStored(other), false)
    const openai = await fetch(`${server.url}/v1/uploads`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        filename: 'a',
        purpose: 'user_data',
        bytes: bytes.length,
        mime_type: 'a/b',
        sha256,
      }),
    })
    assert.equal(((await openai.json()) as { status: string }).status, 'pending')
    assertError(await ask((await newKey(['files:read'])).keyed), 403, 'INSUFFICIENT_PERMISSIONS')
    assertError(await ask(client, { mime_type: 'image/png' }), 422, 'FILE_TYPE_MISMATCH')
  })

  claim('S38 shows events within scopes, and sends webhooks to public addresses only', async () => {
    const listed = async (who: Client) =>
      json<{ events: { type: string; organization_id: string }[] }>(await who.get('/events?limit=1000'))
        .events
    const reader = (await newKey(['files:read'])).keyed
    await client.uploadFile(textFile())
    assert.deepEqual(
      (await listed(reader)).filter(({ type }) => !/^(file|upload)\./.test(type)),
      [],
    )
    const all = await listed(client)
    assert.ok(all.every(({ organization_id }) => organization_id === client.organizationId))
    assert.ok(!JSON.stringify(all).includes(reader.apiKey))
    for (const url of [
      'http://example.com/',
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://169.254.169.254/',
    ])
      assertError(await client.post('/webhooks', { url }), 422, 'VALIDATION_ERROR')
    const named = await client.post('/webhooks', { url: 'https://receiver.example/', is_active: false })
    const { id, secret } = json<{ id: string; secret: string }>(named)
    assert.ok(!(await client.get(`/webhooks/${id}`)).bytes.includes(secret))
    assertError(await reader.get('/webhooks'), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  claim('S39 admits users with tokens of the provider only, and as long as they are members', async () => {
    const provider = await startFixtureProvider()
    const app = await startApp({ env: provider.env })
    try {
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: provider.issuer, aud: CLIENT_ID, sub: 'ada', iat: now, exp: now + 600 }
      const bad = [
        new UnsecuredJWT(usual).encode(),
        await provider.token({ aud: 'other' }),
        await provider.token({}, await createKey(provider.key.kid)),
      ]
      for (const token of bad) assertError(await userOf(app, token)('GET', '/v1/me'), 401, 'TOKEN_INVALID')
      const old = await provider.token({ iat: now - 700, exp: now - 100 })
      assertError(await userOf(app, old)('GET', '/v1/me'), 401, 'TOKEN_EXPIRED')
      const member = await addAsOperator(app, { email: 'ada@example.com', role: 'viewer' })
      const unsure = await provider.token({ ...claimsOf('ada'), email_verified: false })
      assertError(await userOf(app, unsure)('GET', '/files'), 403, 'ORGANIZATION_ACCESS_DENIED')
      const user = userOf(app, await provider.token({ ...claimsOf('ada'), iat: now + 1 }))
      assert.equal((await user('GET', '/files')).status, 200)
      assertError(await user('GET', '/api-keys'), 403, 'INSUFFICIENT_PERMISSIONS')
      await deleteMember(app.context, operatorCaller(app.organizationId), member.id)
      assertError(await user('GET', '/files'), 403, 'ORGANIZATION_ACCESS_DENIED')
    } finally {
      await app.stop()
      await provider.stop()
    }
  })

  claim('S40 shows no file that the scanner has not found clean', async () => {
    const scanner = await startScanner()
    const app = await startApp({ env: { ...scanner.env, SCAN_WAIT_MS: '0' } })
    try {
      const owner = createClient(app)
      const { register } = await owner.storeObject(textFile('hidden.txt'))
      const answer = scanner.hold()
      assertError(await owner.register(register), 409, 'SCAN_PENDING')
      const [offered] = await eventually(
        'the scanner has the file',
        () => scanner.offered.length > 0 && scanner.offered,
      )
      const url = offered?.request.download_url ?? ''
      assert.equal((await fetch(url)).status, 200)
      assert.equal((await fetch(url.replace(/token=[^&]+/, 'token=none'))).status, 401)
      assert.equal(await owner.countFiles(), 0)
      answer({ status: 302, body: '', headers: { location: `${scanner.url}/other` } })
      await eventually('the scan has failed', async () => (await fetch(url)).status === 401)
      assert.equal(await owner.countFiles(), 0)
      assert.equal(scanner.offered.length, 1)
      scanner.follow(() => REJECTED)
      const { bytes } = await eventually('the file is rejected', async () => {
        const refused = await owner.register(register)
        return refused.status === 422 && refused
      })
      assert.match(bytes.toString(), /FILE_REJECTED/)
      assert.equal(await owner.countFiles(), 0)
    } finally {
      await app.stop()
      scanner.close()
    }
  })

  it('is tested completely', async () => {
    const claims = (await readFile(SECURITY, 'utf8')).match(/^- (S\d+)\./gm) ?? []
    const tested = titles.map((title) => `- ${title.split(' ', 1)[0]}.`)
    assert.deepEqual(claims, tested)
  })
})
