import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { jobCaller, operatorCaller } from '../../src/domain/access/caller.ts'
import { registerCompleteUploads } from '../../src/jobs/tasks/register-complete-uploads.ts'
import { updateOrganization } from '../../src/operations/organizations/update-organization.ts'
import { createClient, textFile } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { type S3TestApp, startS3App } from '../s3/start-s3-app.ts'
import { startApp } from '../start-app.ts'
import { autoRegistration, directUpload, FACES, registration } from './faces.ts'
import {
  CLEAN,
  type Offered,
  REJECTED,
  SCAN_SECRET,
  type ScriptedScanner,
  startScanner,
} from './scripted-scanner.ts'

interface FileList {
  readonly files: readonly { readonly id: string; readonly original_filename: string }[]
}
interface EventList {
  readonly events: readonly {
    readonly type: string
    readonly data: Readonly<Record<string, unknown>>
  }[]
}

let scanner: ScriptedScanner
before(async () => {
  scanner = await startScanner()
})
after(() => scanner.close())
beforeEach(() => scanner.follow(() => CLEAN))

let count = 0
/** Returns a name and a content that no other test has. */
const newFile = () => {
  count++
  return [`file-${count}.txt`, `content ${count} of a test of scans\n`] as const
}

const namesIn = async (app: S3TestApp) =>
  json<FileList>(await createClient(app).get('/files')).files.map((file) => file.original_filename)
const rejectionsOf = async (app: S3TestApp, filename: string) => {
  const { events } = json<EventList>(await createClient(app).get('/events?types=file.rejected'))
  return events.filter(({ data }) => data.filename === filename)
}

describe('a scanner that needs longer than a request waits', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ env: { ...scanner.env, SCAN_WAIT_MS: '0' } })
  })
  after(() => app.stop())

  for (const [name, face] of Object.entries(FACES)) {
    it(`hides ${name} until its verdict, which a repeated request gets without a second scan`, async () => {
      const [filename, content] = newFile()
      const request = await eventuallyPrepared(() => face(app, filename, content))
      const answer = scanner.hold()
      const pending = await request()
      assert.deepEqual(pending.status, name === 'a registration' ? 409 : 503)
      assert.match(pending.retryAfter ?? '', /^[1-9]\d*$/)
      await eventually('the scanner has the file', () => scanner.offersOf(filename).length > 0)
      assert.notEqual((await request()).status, 200)
      assert.ok(!(await namesIn(app)).includes(filename))
      answer(CLEAN)
      const done = await eventually('the file passes', async () => {
        const again = await request()
        return again.status < 300 && again
      })
      assert.ok([200, 201, 204].includes(done.status))
      assert.ok((await namesIn(app)).includes(filename))
      assert.equal(scanner.offersOf(filename).length, 1)
    })
  }

  /** Prepares an upload whose own sources pass the scanner first. */
  const eventuallyPrepared = <T>(prepare: () => Promise<T>) =>
    eventually('the upload is prepared', async () => prepare().catch(() => undefined))
})

describe('a scanner', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ env: scanner.env })
  })
  after(() => app.stop())
  const register = async () => {
    const [filename, content] = newFile()
    return { filename, content, request: await registration(app, filename, content) }
  }

  for (const [name, face] of Object.entries(FACES)) {
    it(`lets ${name} pass`, async () => {
      const [filename, content] = newFile()
      const answer = await (await face(app, filename, content))()
      assert.ok(answer.status < 300, String(answer.status))
      assert.ok((await namesIn(app)).includes(filename))
      const [{ request } = { request: null }] = scanner.offersOf(filename)
      assert.equal(request?.organization_id, app.organizationId)
      assert.equal(request?.size, content.length)
    })

    it(`rejects ${name}, and removes its bytes`, async () => {
      const [filename, content] = newFile()
      const request = await face(app, filename, content)
      scanner.follow(() => REJECTED)
      assert.equal((await request()).status, /OpenAI|S3/.test(name) ? 400 : 422)
      scanner.follow(() => CLEAN)
      assert.ok((await request()).status >= 400)
      assert.equal(scanner.offersOf(filename).length, 1)
      assert.ok(!(await namesIn(app)).includes(filename))
      const [event] = await rejectionsOf(app, filename)
      assert.equal(event?.data.code, 'FILE_REJECTED')
      assert.match(String(event?.data.message), /Test\.Virus/)
      const { objectName } = await objectOf(filename)
      assert.equal(await app.context.storage.stat(objectName), null)
    })
  }

  const objectOf = async (filename: string) => {
    const [offered] = scanner.offersOf(filename)
    const { organization_id, file_id } = offered?.request ?? assert.fail('no file was offered')
    return { objectName: `files/${organization_id}/${file_id}/${filename}` }
  }

  it('gets requests that it can verify, with the digest of a direct upload', async () => {
    const [filename, content] = newFile()
    await (await directUpload(app, filename, content))()
    const [offered] = scanner.offersOf(filename)
    const { headers, body, request } = offered ?? assert.fail('no file was offered')
    new Webhook(SCAN_SECRET).verify(body, headers as Record<string, string>)
    assert.throws(() => new Webhook(SCAN_SECRET).verify(`${body} `, headers as Record<string, string>))
    assert.equal(request.sha256, createHash('sha256').update(content).digest('hex'))
    assert.equal(request.mime_type, 'text/plain')
  })

  it('reads the bytes before the File is visible, from a URL that is for nobody else and ends with the scan', async () => {
    const { filename, content, request } = await register()
    const read = async ({ request: { download_url } }: Offered) => {
      const all = await fetch(download_url)
      const part = await fetch(download_url, { headers: { range: 'bytes=2-5' } })
      const wrong = await Promise.all(wrongUrls(download_url).map(async (url) => (await fetch(url)).status))
      return { all: await all.text(), part: await part.text(), status: [all.status, part.status], wrong }
    }
    let seen: Awaited<ReturnType<typeof read>> | null = null
    scanner.follow(async (offered) => {
      seen = await read(offered)
      return CLEAN
    })
    assert.equal((await request()).status, 201)
    const wrong = [401, 401, 401, 401]
    assert.deepEqual(seen, { all: content, part: content.slice(2, 6), status: [200, 206], wrong })
    const url = scanner.offersOf(filename)[0]?.request.download_url ?? ''
    assert.equal((await fetch(url)).status, 401)
  })

  /** Returns URLs for another file, another organization, a later end, and with another signature. */
  const wrongUrls = (text: string) => {
    const later = new URL(text)
    later.searchParams.set('expires', String(Number(later.searchParams.get('expires')) + 1))
    const signed = new URL(text)
    signed.searchParams.set('token', `${signed.searchParams.get('token')?.slice(0, -1)}!`)
    const other = text.replace(/file_[0-9a-f]+/, `file_${'0'.repeat(32)}`)
    return [other, text.replace(app.organizationId, 'org_other'), later.href, signed.href]
  }

  for (const [name, answer] of Object.entries({
    'an error': { status: 500, body: '{"verdict":"clean"}' },
    'no JSON': { status: 200, body: 'clean' },
    'another verdict': { status: 200, body: '{"verdict":"fine"}' },
    'a redirect': { status: 302, body: '', headers: { location: '/other' } },
    'a long text': { status: 200, body: `{"verdict":"clean","reason":"${'x'.repeat(20_000)}"}` },
  })) {
    it(`that answers ${name} lets nothing pass until it gives a verdict`, async () => {
      const { filename, request } = await register()
      scanner.follow(() => answer)
      const refused = await request()
      assert.equal(refused.status, 503)
      assert.ok(refused.retryAfter !== undefined)
      assert.ok(!(await namesIn(app)).includes(filename))
      scanner.follow(() => CLEAN)
      assert.equal((await request()).status, 201)
      assert.equal(scanner.offersOf(filename).length, 2)
    })
  }

  it('is asked once for many requests at the same time', async () => {
    const { filename, request } = await register()
    const answers = await Promise.all([request(), request(), request(), request()])
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201, 201],
    )
    assert.equal(scanner.offersOf(filename).length, 1)
  })

  it('lets the job register a file whose client has gone', async () => {
    const [filename, content] = newFile()
    const face = await autoRegistration(app, filename, content)
    scanner.follow(() => ({ status: 500, body: '' }))
    assert.equal((await face()).status, 503)
    scanner.follow(() => CLEAN)
    const later = { ...app.context, now: () => app.context.now() + 120_000 }
    const run = {
      caller: jobCaller('register'),
      signal: new AbortController().signal,
      afterId: '',
      limit: 1000,
    }
    await registerCompleteUploads(later, run)
    assert.ok((await namesIn(app)).includes(filename))
  })
})

describe('a service with FILE_SCAN_FAIL_OPEN', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({
      env: { ...scanner.env, FILE_SCAN_FAIL_OPEN: 'true', UPLOAD_CHECKSUMS: 'sha256' },
    })
  })
  after(() => app.stop())

  for (const [name, face] of Object.entries(FACES)) {
    it(`lets ${name} pass when the scanner fails, and not when it rejects`, async () => {
      const [filename, content] = newFile()
      scanner.follow(() => ({ status: 500, body: '' }))
      const answer = await (await face(app, filename, content))()
      assert.ok(answer.status < 300, String(answer.status))
      assert.ok((await namesIn(app)).includes(filename))
      const [other, bytes] = newFile()
      scanner.follow(({ request }) => (request.filename === other ? REJECTED : CLEAN))
      assert.ok((await (await face(app, other, bytes))()).status >= 400)
    })
  }

  it('lets no content pass because its upload was cancelled during the scan', async () => {
    const [filename, content] = newFile()
    const register = await registration(app, filename, content)
    scanner.follow(async ({ request }) => {
      const url = `${app.baseUrl}/files/uploads/${request.file_id}`
      await fetch(url, { method: 'DELETE', headers: { 'x-api-key': app.apiKey } })
      return { status: (await fetch(request.download_url)).status === 200 ? 200 : 502, body: CLEAN.body }
    })
    assert.ok((await register()).status >= 400)
    scanner.follow(() => REJECTED)
    const again = await (await directUpload(app, filename, content))()
    assert.equal(again.status, 422)
    assert.equal(scanner.offersOf(filename).length, 2)
  })
})

describe('bytes that stay for the scanner after their request', () => {
  let app: S3TestApp
  before(async () => {
    app = await startS3App({ env: { ...scanner.env, SCAN_WAIT_MS: '0' } })
  })
  after(() => app.stop())
  const usage = async () =>
    json<{ storage_used_bytes: number; storage_reserved_bytes: number }>(await createClient(app).get(''))
  /** Returns the request of a new file; an upload that it copies has passed the scanner. */
  const prepare = async (name: string) => {
    const [filename, content] = newFile()
    const face = FACES[name] ?? assert.fail(name)
    const request = await eventually('the upload is prepared', () =>
      face(app, filename, content).catch(() => undefined),
    )
    return { filename, content, request }
  }

  for (const name of [
    'a direct upload',
    'a file of OpenAI',
    'an object of S3',
    'a copy of S3',
    'an instant upload',
  ]) {
    it(`count in the quota: those of ${name}`, async () => {
      const { filename, content, request } = await prepare(name)
      const before = (await usage()).storage_reserved_bytes
      const answer = scanner.hold()
      assert.equal((await request()).status, 503)
      await eventually('the scanner has the file', () => scanner.offersOf(filename).length > 0)
      assert.equal((await usage()).storage_reserved_bytes, before + content.length)
      assert.equal((await request()).status, 503)
      assert.equal((await usage()).storage_reserved_bytes, before + content.length)
      answer(REJECTED)
      await eventually('the bytes are removed', async () => {
        return (await usage()).storage_reserved_bytes === before
      })
    })
  }

  for (const name of ['a direct upload', 'an object of S3']) {
    it(`do not make the repetition of ${name} fail that has the last room of the quota`, async () => {
      const { content, request } = await prepare(name)
      const { storage_used_bytes: used, storage_reserved_bytes: reserved } = await usage()
      const limit = async (storageLimitBytes: number | null) => {
        const operator = operatorCaller(app.organizationId)
        await updateOrganization(app.context, operator, { storageLimitBytes })
      }
      await limit(used + reserved + content.length)
      const answer = scanner.hold()
      assert.equal((await request()).status, 503)
      const again = await request()
      assert.deepEqual([again.status, typeof again.retryAfter], [503, 'string'])
      answer(CLEAN)
      await eventually('the file passes', async () => (await request()).status < 300)
      await limit(used + reserved + content.length)
      const other = await prepare(name)
      assert.equal((await other.request()).status, 403)
      await limit(null)
    })
  }

  it('let a copy of S3 that has passed the scanner be repeated when they use up the quota', async () => {
    const copy = await prepare('a copy of S3')
    const { storage_reserved_bytes: before } = await usage()
    const pass = scanner.hold()
    assert.equal((await copy.request()).status, 503)
    pass(CLEAN)
    await eventually('the bytes of the copy are removed', async () => {
      return (await usage()).storage_reserved_bytes === before
    })
    const other = await prepare('a direct upload')
    const answer = scanner.hold()
    assert.equal((await other.request()).status, 503)
    const { storage_used_bytes: used, storage_reserved_bytes: reserved } = await usage()
    const operator = operatorCaller(app.organizationId)
    await updateOrganization(app.context, operator, { storageLimitBytes: used + reserved })
    assert.equal((await copy.request()).status, 503)
    answer(CLEAN)
    await eventually('the copy passes', async () => (await copy.request()).status < 300)
    await updateOrganization(app.context, operator, { storageLimitBytes: null })
  })
})

describe('a scanner with many files of one organization', () => {
  let app: S3TestApp
  let other: S3TestApp
  before(async () => {
    app = await startS3App({ env: scanner.env })
    const id = 'org_other'
    const { apiKey } = await app.addOrganization(id)
    const baseUrl = `${app.url}/v1/organizations/${id}`
    other = { ...app, apiKey, organizationId: id, baseUrl }
  })
  after(() => app.stop())

  it('gets the file of another one while more wait than the process takes', async () => {
    const { scans, database } = app.context
    const created = await createClient(app).uploadFile(textFile())
    const file = (await database.files.find(app.organizationId, created.id)) ?? assert.fail()
    const answer = scanner.hold()
    const many = Array.from({ length: 250 }, (_, index) => ({ ...file, filename: `many-${index}.txt` }))
    const scanned = Promise.all(many.map((one) => scans?.scan(one)))
    const offers = () => scanner.offered.filter(({ request }) => request.filename.startsWith('many-'))
    await eventually('the scanner has files', () => offers().length > 0)
    const [filename, content] = newFile()
    const registered = (await registration(other, filename, content))()
    await eventually('the scanner has the other file', () => scanner.offersOf(filename).length > 0)
    assert.equal(offers().length, 6)
    answer(CLEAN)
    assert.equal((await registered).status, 201)
    await scanned
  })

  it('leaves a part of each run of the job to the uploads of another one', async () => {
    const names = [newFile(), newFile(), newFile()]
    scanner.follow(() => ({ status: 500, body: '' }))
    for (const [index, [filename, content]] of names.entries()) {
      const face = await autoRegistration(index === 2 ? other : app, filename, content)
      assert.equal((await face()).status, 503)
    }
    scanner.follow(() => CLEAN)
    const later = { ...app.context, now: () => app.context.now() + 120_000 }
    const signal = new AbortController().signal
    const run = { caller: jobCaller('register'), signal, afterId: '', limit: 1000, organizationMs: 0 }
    await registerCompleteUploads(later, run)
    const [first, second, third] = names.map(([filename]) => scanner.offersOf(filename).length)
    assert.deepEqual([first, second, third], [2, 1, 2], 'one of each organization')
  })
})

describe('a service without a scanner', () => {
  it('has no scans: it runs no statement and computes no digest for them', async () => {
    const app = await startApp()
    try {
      assert.equal(app.context.scans, null)
      const file = await createClient(app).uploadFile({
        filename: 'a.txt',
        mimeType: 'text/plain',
        bytes: Buffer.from('a'),
      })
      assert.equal(file.sha256, null)
    } finally {
      await app.stop()
    }
  })
})
