import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { afterEach, describe, it } from 'node:test'
import { jobCaller } from '../../src/domain/access/caller.ts'
import { NO_HASHES, type UploadSession } from '../../src/domain/uploads/upload-session.ts'
import { registerCompleteUploads } from '../../src/jobs/tasks/register-complete-uploads.ts'
import { addUploadPart } from '../../src/operations/uploads/add-upload-part.ts'
import { cancelPartUpload } from '../../src/operations/uploads/cancel-part-upload.ts'
import { completePartUpload } from '../../src/operations/uploads/complete-part-upload.ts'
import { concatenateUploads } from '../../src/operations/uploads/concatenate-uploads.ts'
import { getPartUpload } from '../../src/operations/uploads/get-part-upload.ts'
import { SESSION_MS } from '../jobs/installation.ts'
import { useSessions } from './sessions.ts'

const sessions = useSessions()
const PARTS = { protocol: 'openai', layout: 'parts', registers: 'when-complete' } as const
const MINUTE_MS = 60_000

describe('an upload of parts', () => {
  afterEach(() => {
    sessions.installation.clock.aheadMs = 0
    return sessions.leaveRoom(null)
  })

  const bodyOf = (text: string) => Readable.from([Buffer.from(text)], { objectMode: false })
  /** Opens an upload of `hello world` with both parts stored. */
  const withParts = async () => {
    const upload = await sessions.open({ ...PARTS, sizeBytes: 11 })
    const { fileId } = upload.session
    const caller = await sessions.newKey()
    const partIds: string[] = []
    for (const text of ['hello', ' world']) {
      const part = await addUploadPart(sessions.context, caller, { fileId, body: bodyOf(text) })
      partIds.push(part.partId)
    }
    return { ...upload, fileId, caller, partIds }
  }
  const runRegistration = () =>
    registerCompleteUploads(sessions.context, {
      caller: jobCaller('register'),
      signal: new AbortController().signal,
      afterId: '',
      limit: 1000,
    })
  const filesOf = async ({ objectName }: UploadSession) => {
    const stem = sessions.installation.stem(objectName)
    return (await sessions.installation.filesOnDisk()).filter((path) => path.startsWith(stem))
  }

  it('is swept with all of its parts when it has expired, and not before', async () => {
    const before = await sessions.usage()
    const { session, fileId } = await withParts()
    await sessions.installation.sweep()
    assert.ok((await filesOf(session)).length > 0)
    sessions.installation.clock.aheadMs = SESSION_MS + MINUTE_MS
    await sessions.installation.sweep()
    assert.deepEqual(await filesOf(session), [])
    assert.deepEqual(await sessions.usage(), before)
    assert.equal(
      (await getPartUpload(sessions.context, sessions.installation.caller, fileId)).status,
      'expired',
    )
  })

  it('leaves nothing when it ends before the first byte of a part, or while its bytes arrive', async () => {
    for (const first of [null, 'late']) {
      const { session, caller, fileId } = await withParts()
      const body = new Readable({ read: () => {} })
      if (first !== null) body.push(first)
      const refused = assert.rejects(addUploadPart(sessions.context, caller, { fileId, body }), {
        code: 'UPLOAD_SESSION_EXPIRED',
        message: /cancelled/,
      })
      const isWaiting = () => body.listenerCount('readable') > 0 && first === null
      const isStoring = () => body.readableDidRead && body.readableLength === 0
      while (!isWaiting() && !isStoring()) await new Promise(setImmediate)
      await cancelPartUpload(sessions.context, caller, fileId)
      if (first === null) body.push('late')
      body.push(null)
      await refused
      assert.deepEqual(await filesOf(session), [])
    }
  })

  it('is completed with its File when another request registers it between the checks of this one', async () => {
    const { context } = sessions
    const { caller, fileId, partIds } = await withParts()
    await sessions.leaveRoom(0)
    const complete = (by: typeof context) => completePartUpload(by, caller, { fileId, partIds, md5: null })
    const { organizations } = context.database
    const others: ReturnType<typeof complete>[] = []
    /** The quota is the last check before the registration. */
    const find = async (id: string) => {
      if (others.length === 0) others.push(complete(context))
      await others[0]
      return organizations.find(id)
    }
    const database = { ...context.database, organizations: { ...organizations, find } }
    const upload = await complete({ ...context, database })
    assert.deepEqual(upload.file, (await others[0])?.file)
  })

  it('is registered by the job when the process ended between its object and its File', async () => {
    const { session, caller, fileId, partIds } = await withParts()
    const { objectName: name, contentType } = session
    const choices = partIds.map((partId) => ({ partId, version: null }))
    const completed = await sessions.context.storage.parts.complete({ name, contentType }, choices, NO_HASHES)
    assert.equal(completed.kind, 'object')
    sessions.installation.clock.aheadMs = 2 * MINUTE_MS
    assert.equal((await runRegistration()).registered, 1)
    const { status, file } = await getPartUpload(sessions.context, sessions.installation.caller, fileId)
    assert.deepEqual([status, file?.sizeBytes], ['completed', 11])
    const again = await completePartUpload(sessions.context, caller, { fileId, partIds, md5: null })
    assert.deepEqual(again.file, file)
  })

  it('is refused by the session URI of every sequential protocol', async () => {
    const { query, append, cancel } = await withParts()
    for (const answer of [await query({ fences: true }), await append(0, Buffer.from('x')), await cancel()]) {
      assert.equal(answer.kind, 'takes-parts')
    }
  })
})

describe('a concatenation', () => {
  afterEach(() => {
    sessions.installation.clock.aheadMs = 0
  })

  const partialOf = async (text: string) => {
    const upload = await sessions.open({ registers: 'never', sizeBytes: text.length })
    assert.equal((await upload.append(0, Buffer.from(text))).kind, 'object')
    return upload
  }

  it('can be made again when the process ended before its parts had become its own', async () => {
    const before = await sessions.usage()
    const partials = [await partialOf('hello'), await partialOf(' world')]
    const { session } = await sessions.open({ layout: 'parts', registers: 'when-complete' })
    const { parts } = sessions.context.storage
    const { objectName: name, contentType } = session
    for (const [index, partial] of partials.entries()) {
      await parts.link({ name, partId: String(index) }, partial.session.objectName)
    }
    const choices = [0, 1].map((index) => ({ partId: String(index), version: null }))
    assert.equal((await parts.complete({ name, contentType }, choices, NO_HASHES)).kind, 'object')
    sessions.installation.clock.aheadMs = 2 * MINUTE_MS
    const { signal } = new AbortController()
    const run = { caller: jobCaller('register'), signal, afterId: '', limit: 1000 }
    assert.equal((await registerCompleteUploads(sessions.context, run)).refused, 1)
    const caller = await sessions.newKey()
    const { answer } = await concatenateUploads(sessions.context, caller, {
      file: { filename: 'a.txt', contentType: 'text/plain', path: '' },
      metadata: null,
      uploadIds: partials.map(({ uploadId }) => uploadId),
      protocolState: 'final;',
    })
    assert.ok(answer.kind === 'object')
    assert.equal(answer.file?.sizeBytes, 11)
    assert.deepEqual(await sessions.usage(), { used: before.used + 11, reserved: before.reserved })
    for (const partial of partials) assert.equal((await partial.find()).state.kind, 'cancelled')
  })
})
