import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Caller } from '../../src/domain/access/caller.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { createUploadWithBody } from '../../src/operations/uploads/create-upload-with-body.ts'
import { createTestDatabase, runOnce, type TestDatabase, withoutPostgres } from '../postgres/test-database.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { useSessions } from './sessions.ts'

const sessions = useSessions()
const TEN = Buffer.from('0123456789')

const create = (
  caller: Caller,
  { contentType = 'text/plain', body = Readable.from([TEN]), context = sessions.context } = {},
) =>
  createUploadWithBody(context, caller, {
    session: {
      filename: 'notes.txt',
      contentType,
      sizeBytes: TEN.length,
      reservedBytes: TEN.length,
      protocol: 'tus',
      registers: 'when-complete',
      metadata: null,
      announced: NO_HASHES,
      checksums: [],
      fileLifetimeMs: null,
    },
    body,
  })

const unfinished = () =>
  sessions.context.database.uploadSessions.countUnfinished(sessions.installation.organizationId)

describe('a creation with all bytes', () => {
  afterEach(() => {
    sessions.installation.clock.aheadMs = 0
  })

  it('is refused at the limit of sessions before its body is read', async () => {
    await sessions.open()
    const { context } = sessions
    const limits = { ...context.limits, maxOpenSessions: await unfinished() }
    const body = Readable.from([TEN])
    await assert.rejects(create(await sessions.newKey(), { body, context: { ...context, limits } }), {
      code: 'TOO_MANY_OPEN_UPLOADS',
    })
    assert.equal(body.readableDidRead, false)
  })

  it('is refused when its key expires while the body arrives, and leaves no bytes', async () => {
    const { context, installation } = sessions
    const key = await sessions.newKey(context.now() + 60_000)
    const body = Readable.from(
      (async function* () {
        installation.clock.aheadMs = 61_000
        yield TEN
      })(),
    )
    const [files, before] = [await installation.filesOnDisk(), await unfinished()]
    await assert.rejects(create(key, { body }), { code: 'API_KEY_EXPIRED' })
    assert.deepEqual(await installation.filesOnDisk(), files)
    assert.equal(await unfinished(), before)
  })

  it('leaves no open session when the record of its refusal fails', async () => {
    const { installation } = sessions
    const before = await unfinished()
    installation.tamper(`CREATE TRIGGER broken BEFORE UPDATE OF failure_code ON upload_sessions
      BEGIN SELECT RAISE(ABORT, 'broken'); END`)
    await assert.rejects(create(await sessions.newKey(), { contentType: 'image/png' }), /broken/)
    installation.tamper('DROP TRIGGER broken')
    assert.equal(await unfinished(), before)
  })
})

describe('a creation with all bytes on PostgreSQL', { skip: withoutPostgres }, () => {
  let test: TestDatabase
  let app: TestApp
  before(async () => {
    test = await createTestDatabase()
    const S3_CREDENTIALS_KEY = Buffer.alloc(32, 1).toString('base64')
    app = await startApp({ env: { DATABASE_URL: test.url, S3_CREDENTIALS_KEY } })
  })
  after(async () => {
    await app.stop()
    await test.remove()
  })

  /** Calls `work` while the registration of a session does `effect` in the database. */
  const whileRegistering = async (effect: string, work: () => Promise<void>) => {
    await runOnce(
      test.url,
      `CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${effect}; END $$;
       CREATE TRIGGER broken BEFORE UPDATE ON upload_sessions FOR EACH ROW
         WHEN (NEW.state = 'registered') EXECUTE FUNCTION broken()`,
    )
    await work().finally(() => runOnce(test.url, 'DROP FUNCTION broken CASCADE'))
  }

  const post = () =>
    fetch(`${app.baseUrl}/files/tus`, {
      method: 'POST',
      headers: {
        'X-API-Key': app.apiKey,
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(TEN.length),
        'Content-Type': 'application/offset+octet-stream',
      },
      body: TEN,
    })

  const assertNothingLeft = async () => {
    const { uploadSessions, housekeeping, organizations } = app.context.database
    assert.equal(await uploadSessions.countUnfinished(app.organizationId), 0)
    assert.deepEqual(await housekeeping.listSelfRegistering('', 10), [])
    const organization = await organizations.find(app.organizationId)
    assert.deepEqual([organization?.storageUsedBytes, organization?.storageReservedBytes], [0, 0])
  }

  it('leaves nothing that a job could register when the second statement fails', async () => {
    await whileRegistering(`RAISE 'broken'`, async () => {
      assert.equal((await post()).status, 503)
    })
    await assertNothingLeft()
  })

  it('is answered like a cancelled one when its session ends before the second statement', async () => {
    await whileRegistering('RETURN NULL', async () => {
      const answer = await post()
      assert.equal(answer.status, 410)
      assert.equal(answer.headers.get('location'), null)
    })
    await assertNothingLeft()
  })
})
