import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  type Client,
  createClient,
  createOrganization,
  type FileObject,
  putObject,
  sendToApi,
  textFile,
} from '../api/client.ts'
import { assertError, assertNothingLeaks } from '../api/envelope.ts'
import { exchange, json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { type GoogleServer, keptUpload, startGoogleServer } from '../gcs/google-server.ts'
import { startServer, type TestServer } from '../start-server.ts'

const SECURITY = new URL('../../../../SECURITY.md', import.meta.url)
const HOSTILE_NAMES = [
  '../../../outside.txt',
  '/etc/passwd',
  '..\\..\\outside.txt',
  '%2e%2e%2foutside.txt',
  "'; DROP TABLE files; --.txt",
  '{"level":60,"msg":"forged"}.txt',
]

/** SECURITY.md, claim by claim, against the real process. */
describe('what SECURITY.md claims', () => {
  let server: TestServer
  let client: Client
  let other: Client
  let file: FileObject
  let uploadUrl: string
  let downloadUrl: URL
  const titles: string[] = []
  const claim = (title: string, test: () => Promise<void>) => {
    titles.push(title)
    it(title, test)
  }

  before(async () => {
    server = await startServer({ env: { LOG_LEVEL: 'trace' } })
    client = createClient(server)
    other = createClient(server, await createOrganization(server, 'org_other'))
    const upload = await client.storeObject(textFile())
    uploadUrl = upload.uploadUrl
    file = json<FileObject>(await client.register(upload.register))
    downloadUrl = new URL((await client.content(file.id)).download_url)
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
  ]
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

  claim('S1 stores keys and session ids as hashes alone', async () => {
    for (const { path, isFile } of await dataFiles()) {
      if (!isFile) continue
      const bytes = await readFile(path)
      for (const secret of [client.apiKey, ...secretsOfUrls()]) {
        assert.ok(secret.length > 20)
        assert.ok(!bytes.includes(secret), `${path} holds a secret`)
      }
    }
  })

  claim('S2 logs no key, session URI or download token', async () => {
    await fetchDownload(downloadUrl)
    await sendToApi(server, 'GET', `/v1/organizations/x/files?key=${client.apiKey}`)
    for (const secret of [client.apiKey, ...secretsOfUrls()]) assert.ok(!server.output().includes(secret))
  })

  claim('S3 keeps data readable by its owner alone', async () => {
    for (const { path } of await dataFiles()) {
      const { mode } = await stat(path)
      assert.equal(mode & 0o077, 0, `${path} is open to others`)
    }
  })

  claim('S4 shows a session URI once', async () => {
    const upload = await client.startUpload(textFile('shown-once.txt'))
    const secret = new URL(upload.uploadUrl).searchParams.get('upload_id') ?? ''
    const listed = await client.get('/files/uploads')
    assert.ok(listed.bytes.includes(upload.fileId))
    assert.ok(!listed.bytes.includes(secret))
  })

  claim('S5 refuses a download token with another character, file or time', async () => {
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

  claim('S6 treats what another organization owns as if it did not exist', async () => {
    const theirs = await other.get(`/files/${file.id}`)
    const none = await other.get(`/files/file_${'0'.repeat(32)}`)
    assertError(theirs, 404, 'FILE_NOT_FOUND')
    assertError(none, 404, 'FILE_NOT_FOUND')
    assert.equal(json<{ total: number }>(await other.get('/files')).total, 0)
  })

  claim('S7 lets a key do what its scopes say and nothing else', async () => {
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

  claim('S9 gives nothing to read through a session URI', async () => {
    const { origin, pathname, search } = new URL(uploadUrl)
    for (const method of ['GET', 'HEAD']) {
      const answer = await exchange(origin, method, pathname + search)
      assert.equal(answer.status, 405)
      assert.ok(!answer.bytes.includes('a short note'))
    }
  })

  claim('S10 slows wrong keys down, and no good key beside them', async () => {
    const statuses: number[] = []
    for (let attempt = 0; attempt < 110; attempt++) {
      const credentials = { 'x-api-key': `oak_live_${attempt}` }
      statuses.push((await client.get('/files', { credentials })).status)
    }
    assert.equal(statuses.at(-1), 429)
    assert.equal((await client.get('/files')).status, 200)
  })

  claim('S11 makes no path of anything in a request', async () => {
    const ours =
      /^(waybill\.db(-wal|-shm|-ballast)?|objects(\/(FORMAT|OWNER|[0-9a-f]{2}(\/[0-9a-f]{64}\.[a-z0-9.]+)?))?)$/
    for (const { path } of await dataFiles()) {
      assert.match(path.slice(server.dataDir.length + 1), ours)
    }
  })

  claim('S12 makes no SQL of anything in a request', async () => {
    const name = HOSTILE_NAMES[4] ?? ''
    const { files } = json<{ files: FileObject[] }>(await client.get('/files'))
    assert.ok(
      files.some(({ original_filename }) => original_filename === name),
      'it is a name like any other',
    )
    const query = encodeURIComponent("' OR 1=1 --")
    assertError(await client.get(`/files/${query}`), 404, 'FILE_NOT_FOUND')
  })

  claim('S13 makes no line of the log of anything in a request', async () => {
    await client.get('/files', { headers: { 'x-request-id': 'a"b{"level":60}' } })
    for (const line of server.output().trim().split('\n')) {
      const { level, msg } = JSON.parse(line)
      assert.ok(level < 60 && msg !== 'forged')
    }
  })

  claim('S14 does not register a file whose bytes contradict its type', async () => {
    const bytes = Buffer.from('<html><script>alert(1)</script></html>')
    const upload = await client.storeObject({ filename: 'a.png', mimeType: 'image/png', bytes })
    assertError(await client.register(upload.register), 422, 'FILE_TYPE_MISMATCH')
  })

  claim('S15 sets a limit to everything', async () => {
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

  claim('S16 hands a download to a browser as a file, never as a page', async () => {
    const html = { filename: 'a.html', mimeType: 'text/html', bytes: Buffer.from('<script>1</script>') }
    const { id } = await client.uploadFile(html)
    const { headers } = await fetchDownload(new URL((await client.content(id)).download_url))
    assert.match(String(headers['content-disposition']), /^attachment/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(String(headers['content-security-policy']), /sandbox/)
  })

  claim('S17 says nothing of the inside in an error', async () => {
    for (const path of ['/files/%00', '/files?after=%27', '/nowhere', '/files/x/download?token=%ff']) {
      const answer = await client.get(path)
      assert.ok(answer.status >= 400 && answer.status < 500, path)
      assertNothingLeaks(answer.bytes.toString(), server.dataDir)
    }
  })

  claim('S18 lets no page of another origin call the API unless it is named', async () => {
    const headers = { origin: 'https://evil.example', 'x-api-key': client.apiKey }
    const answer = await client.get('/files', { headers })
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })

  describe('with the bytes at Google', () => {
    let all: GoogleServer
    let there: Client
    before(async () => {
      all = await startGoogleServer({ LOG_LEVEL: 'trace' })
      there = createClient(all.server)
    })
    after(() => all?.stop())

    claim('S19 keeps a session URI of Google’s only sealed, and no longer than it can be used', async () => {
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

  claim('S26 counts a direct upload while it is held open', async () => {
    // The bound itself is shown in test/abuse/quota-on-disk.test.ts, with other processes too.
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
    await eventually('it is given back', async () => (await reserved()) === before)
  })

  claim('S27 says that a disk has room, and refuses writes only where it has none', async () => {
    // What happens on a full disk is shown in test/faults/disk-full.test.ts, which mounts one.
    const health = await exchange(server.url, 'GET', '/v1/health')
    assert.deepEqual(json(health), { status: 'ok' })
  })

  claim('S21 lets the console run its own script, and speak with nobody else', async () => {
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

  claim('S22 has the key of the console in its tab alone', async () => {
    // A browser shows it, in packages/console/test/session.test.ts and files.test.ts; here that no other place knows how.
    const sources = new URL('../../../console/src/', import.meta.url)
    const names = await readdir(sources, { recursive: true })
    const texts = new Map<string, string>()
    for (const name of names.filter((one) => /\.tsx?$/.test(one))) {
      texts.set(name, await readFile(new URL(name, sources), 'utf8'))
    }
    const filesWith = (pattern: RegExp) =>
      [...texts].filter(([, text]) => pattern.test(text)).map(([name]) => name)
    assert.deepEqual(filesWith(/sessionStorage/), ['workspace/stored-session.ts'])
    assert.deepEqual(filesWith(/document\.cookie|indexedDB|caches\./), [])
    assert.deepEqual(filesWith(/dangerouslySetInnerHTML|innerHTML|<iframe|<object|<embed|\beval\(/), [])
    const [stored = ''] = [texts.get('workspace/stored-session.ts')]
    assert.doesNotMatch(stored, /localStorage[^\n]*apiKey/)
  })

  it('is all tested here', async () => {
    const claims = (await readFile(SECURITY, 'utf8')).match(/^- (S\d+)\./gm) ?? []
    const tested = titles.map((title) => `- ${title.split(' ', 1)[0]}.`)
    assert.deepEqual(claims, tested)
  })
})
