import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { jobCaller } from '../../src/domain/access/caller.ts'
import { registerCompleteUploads } from '../../src/jobs/tasks/register-complete-uploads.ts'
import { deleteFile } from '../../src/operations/files/delete-file.ts'
import { registerFile } from '../../src/operations/files/register-file.ts'
import { fileOf, PNG_SIGNATURE, useSessions } from './sessions.ts'

const sessions = useSessions()
const TEN = Buffer.from('0123456789')
const SELF = { registers: 'when-complete' } as const
const MINUTE_MS = 60_000

describe('an upload that registers when it is complete', () => {
  afterEach(() => {
    sessions.installation.clock.aheadMs = 0
    return sessions.leaveRoom(null)
  })

  const runJob = () =>
    registerCompleteUploads(sessions.context, {
      caller: jobCaller('register'),
      signal: new AbortController().signal,
      afterId: '',
      limit: 1000,
    })

  /** Completes an upload whose process ends before it registers the object. */
  const completeAndCrash = async (bytes = TEN, contentType = 'text/plain') => {
    const upload = await sessions.open({ contentType })
    assert.equal((await upload.append(0, bytes, { completes: 'at-end' })).file, null)
    const { fileId } = upload.session
    sessions.installation.tamper(
      `UPDATE upload_sessions SET registers = 'when-complete' WHERE file_id = '${fileId}'`,
    )
    return upload
  }

  const findFile = ({ session }: { session: { organizationId: string; fileId: string } }) =>
    sessions.context.database.files.find(session.organizationId, session.fileId)

  it('answers its last byte with the File', async () => {
    const key = await sessions.newKey()
    const before = await sessions.usage()
    const { append, session } = await sessions.open({ ...SELF, checksums: ['sha256'] }, key)
    assert.equal((await append(0, TEN, { totalBytes: 20 })).kind, 'resume')
    const file = fileOf(await append(10, TEN))
    const { id, filename, sizeBytes, contentType, uploadedByApiKeyId, sha256 } = file
    assert.deepEqual([id, filename, sizeBytes, contentType], [session.fileId, 'notes.txt', 20, 'text/plain'])
    assert.equal(uploadedByApiKeyId, 'id' in key.actor && key.actor.id)
    assert.equal(sha256?.length, 64)
    assert.deepEqual(await sessions.usage(), { used: before.used + 20, reserved: before.reserved })
  })

  it('answers every later request with the same File, also a cancel', async () => {
    const { append, query, cancel } = await sessions.open({ ...SELF, sizeBytes: 10 })
    const file = fileOf(await append(0, TEN))
    for (const answer of [await query({ fences: true }), await append(10, TEN), await cancel()]) {
      assert.deepEqual(fileOf(answer), file)
    }
  })

  it('can be registered by a client again', async () => {
    const { append, session } = await sessions.open({ ...SELF, sizeBytes: 10 })
    const file = fileOf(await append(0, TEN))
    const { context, installation } = sessions
    const declared = { ...session, sizeBytes: 10, crc32c: null }
    assert.deepEqual(await registerFile(context, installation.caller, declared), file)
  })

  for (const contentType of ['text/plain', 'image/png', 'application/pdf']) {
    it(`registers an empty file of type ${contentType}`, async () => {
      const { append } = await sessions.open({ ...SELF, sizeBytes: 0, contentType })
      const file = fileOf(await append(0, Buffer.alloc(0)))
      assert.deepEqual([file.sizeBytes, file.contentType], [0, contentType])
    })
  }

  it('is unknown when its File is deleted', async () => {
    const { append, query, session } = await sessions.open({ ...SELF, sizeBytes: 10 })
    await append(0, TEN)
    await deleteFile(sessions.context, sessions.installation.caller, session.fileId)
    assert.deepEqual(await query(), { kind: 'unknown' })
  })

  it('is unknown when the process ends between the record and the bytes of a deletion', async () => {
    const { append, query, session } = await sessions.open({ ...SELF, sizeBytes: 10 })
    await append(0, TEN)
    const { context } = sessions
    assert.ok(await context.database.files.delete(session.organizationId, session.fileId, context.now()))
    assert.ok(await context.storage.stat(session.objectName))
    assert.deepEqual(await query(), { kind: 'unknown' })
  })

  it('is registered by the next request after a crash', async () => {
    for (const ask of ['query', 'append', 'cancel'] as const) {
      const upload = await completeAndCrash()
      assert.equal(await findFile(upload), null)
      const answer = await (ask === 'append' ? upload.append(10, TEN) : upload[ask]())
      assert.deepEqual(fileOf(answer), await findFile(upload))
    }
  })

  it('is registered by a job after a minute without a request', async () => {
    const upload = await completeAndCrash()
    await sessions.open(SELF)
    assert.equal((await runJob()).registered, 0, 'a request may be about to register it')
    sessions.installation.clock.aheadMs = MINUTE_MS
    assert.deepEqual(await runJob(), { registered: 1, refused: 0, failure: null, lastId: null })
    assert.ok(await findFile(upload))
    const rows = await sessions.context.database.audit.list(null, 1)
    assert.deepEqual(
      rows.map(({ action, actor, target }) => [action, actor, target]),
      [['registerCompleteUpload', 'job:register', upload.session.fileId]],
    )
  })

  it('is refused by a job, too', async () => {
    const upload = await completeAndCrash(PNG_SIGNATURE, 'application/pdf')
    sessions.installation.clock.aheadMs = MINUTE_MS
    assert.equal((await runJob()).refused, 1)
    assert.equal((await runJob()).refused, 0)
    assert.equal((await upload.query()).failure?.code, 'FILE_TYPE_MISMATCH')
  })
})

describe('a refused registration', () => {
  afterEach(() => sessions.leaveRoom(null))

  /** Sends ten bytes that are refused, and asserts that the session has ended with this reason. */
  const assertRefused = async (
    upload: Awaited<ReturnType<typeof sessions.open>>,
    code: string,
    bytes = TEN,
  ) => {
    const { append, query, find, session } = upload
    const { reserved } = await sessions.usage()
    const refused = await append(0, bytes, { completes: 'at-end' })
    assert.deepEqual([refused.kind, refused.error?.code], ['refused', code])
    const { kind, failure } = await query()
    assert.deepEqual([kind, failure?.code], ['dead', code])
    assert.equal((await append(0, bytes)).kind, 'dead')
    assert.equal(await sessions.context.storage.stat(session.objectName), null)
    assert.equal((await find()).reservedBytes, 0)
    assert.ok((await sessions.usage()).reserved <= reserved)
    const declared = { ...session, sizeBytes: bytes.length, crc32c: null }
    await assert.rejects(registerFile(sessions.context, sessions.installation.caller, declared), { code })
  }

  it('ends a session whose bytes contradict its type, and releases its reservation', async () => {
    const before = await sessions.usage()
    const upload = await sessions.open({ ...SELF, contentType: 'application/pdf' })
    await assertRefused(upload, 'FILE_TYPE_MISMATCH', PNG_SIGNATURE)
    assert.deepEqual(await sessions.usage(), before)
  })

  it('ends a session whose key was deactivated, without ending its sessions', async () => {
    const key = await sessions.newKey()
    assert.ok('id' in key.actor)
    const upload = await sessions.open(SELF, key)
    sessions.installation.tamper(`UPDATE api_keys SET state = 'deactivated' WHERE id = '${key.actor.id}'`)
    await assertRefused(upload, 'API_KEY_DEACTIVATED')
  })

  it('ends a session whose quota was lowered', async () => {
    const upload = await sessions.open({ ...SELF, sizeBytes: 10 })
    const { used } = await sessions.usage()
    sessions.installation.tamper(`UPDATE organizations SET storage_limit_bytes = ${used + 9}`)
    await assertRefused(upload, 'STORAGE_QUOTA_EXCEEDED')
  })

  it('leaves no object, even when the process ends before it is deleted', async () => {
    const { append, session, query } = await sessions.open({ sizeBytes: 10 })
    await append(0, TEN)
    const { context, installation } = sessions
    const failure = { code: 'FILE_TYPE_MISMATCH', message: 'no text' } as const
    await context.database.uploadSessions.fail(session.organizationId, session.fileId, failure)
    assert.deepEqual(await query(), { kind: 'dead', failure })
    await installation.sweep()
    assert.equal(await context.storage.stat(session.objectName), null)
  })
})
