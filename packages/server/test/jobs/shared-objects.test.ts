import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { open as openFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { jobCaller } from '../../src/domain/access/caller.ts'
import type { File } from '../../src/domain/files/file.ts'
import { registerCompleteUploads } from '../../src/jobs/tasks/register-complete-uploads.ts'
import { scrubFiles } from '../../src/jobs/tasks/scrub-files.ts'
import type { Context } from '../../src/operations/context.ts'
import { deleteFile } from '../../src/operations/files/delete-file.ts'
import { uploadFiles } from '../../src/operations/files/upload-files.ts'
import { createUploadUrl } from '../../src/operations/uploads/create-upload-url.ts'
import { createInstallation, DAY_MS, type Installation, SESSION_MS } from './installation.ts'

const BYTES = Buffer.from('content that several files share '.repeat(100))
const SHA256 = createHash('sha256').update(BYTES).digest('base64')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const RACES = 30

describe('Files that share their bytes', () => {
  let installation: Installation
  beforeEach(async () => {
    installation = await createInstallation()
  })
  afterEach(() => installation.close())

  const ask = (context: Partial<Context> = {}) =>
    createUploadUrl({ ...installation.context, ...context }, installation.caller, {
      filename: 'second.txt',
      sizeBytes: BYTES.length,
      contentType: 'text/plain',
      origin: null,
      checksums: [],
      fileLifetimeMs: null,
      registers: 'on-request',
      sha256: SHA256,
    })
  const sendDirectly = async (context: Partial<Context> = {}): Promise<File> => {
    const body = Readable.from([Buffer.from(BYTES)], { objectMode: false })
    const [file] = await uploadFiles({ ...installation.context, ...context }, installation.caller, {
      files: Readable.from([{ filename: 'first.txt', contentType: 'text/plain', body }]),
      bodyBytes: null,
      checksums: () => [],
      sha256s: () => [SHA256],
      algorithms: () => ['sha256'],
      properties: () => ({ purpose: null, lifetimeMs: null }),
      rules: { maxFileBytes: BYTES.length, typesAreHints: false, allowsEmptyFiles: true },
    })
    return file ?? assert.fail('there is no file')
  }
  const share = async (): Promise<File> => {
    const created = await ask()
    return created.kind === 'stored' ? created.file : assert.fail('the bytes are not shared')
  }
  const remove = ({ id }: File) => deleteFile(installation.context, installation.caller, id)
  const find = async ({ id }: Pick<File, 'id'>) =>
    (await installation.context.database.files.find(installation.organizationId, id)) ??
    assert.fail('no such file')
  const assertReadable = async ({ objectName, generation }: File) =>
    assert.ok(
      BYTES.equals(await buffer(await installation.context.storage.read(objectName, undefined, generation))),
    )
  const later = (ms: number) => {
    installation.clock.aheadMs += ms
  }
  const registerComplete = () =>
    registerCompleteUploads(installation.context, {
      caller: jobCaller('register'),
      signal: new AbortController().signal,
      afterId: '',
      limit: 100,
    })
  const scrub = () =>
    scrubFiles(installation.context, {
      bytesPerSecond: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      firstSection: 0,
    })

  it('outlive a sweep when the first one is deleted, also when its row is gone', async () => {
    const first = await sendDirectly()
    const second = await share()
    await remove(first)
    for (const ms of [0, DAY_MS, 400 * DAY_MS]) {
      later(ms)
      assert.deepEqual((await installation.sweep()).findings, [])
      await assertReadable(second)
    }
    const third = await share()
    assert.deepEqual([second.sharesBytesOf, third.sharesBytesOf], [first.id, first.id])
    for (const file of [second, third]) await remove(file)
    assert.deepEqual(await installation.filesOnDisk(), [])
    assert.deepEqual(await installation.usage(), { used: 0, reserved: 0 })
  })

  it('are registered by the job when the process ends between the copy and its record', async () => {
    const first = await sendDirectly()
    const { database } = installation.context
    const register = () => Promise.reject(new Error('killed'))
    await assert.rejects(ask({ database: { ...database, files: { ...database.files, register } } }), /killed/)
    assert.deepEqual((await registerComplete()).registered, 0)
    later(2 * MINUTE_MS)
    assert.deepEqual((await registerComplete()).registered, 1)
    await remove(first)
    const { items } = await database.files.list(installation.organizationId, {
      ...{ limit: 10, skip: 0, after: null, before: null, order: 'desc', purpose: 'all', state: 'live' },
      nowMs: installation.context.now(),
    })
    const [second] = items
    assert.deepEqual([items.length, second?.sharesBytesOf, second?.sha256], [1, first.id, first.sha256])
    await assertReadable(second ?? assert.fail('there is no file'))
    assert.deepEqual(await installation.usage(), { used: BYTES.length, reserved: 0 })
  })

  it('leave a session for an hour when the process ends before the copy', async () => {
    await sendDirectly()
    const { database, storage } = installation.context
    const context = {
      storage: { ...storage, copy: () => Promise.reject(new Error('killed')) },
      database: {
        ...database,
        uploadSessions: { ...database.uploadSessions, cancel: () => Promise.reject(new Error('killed')) },
      },
    }
    await assert.rejects(ask(context), /killed/)
    assert.deepEqual(await installation.usage(), { used: BYTES.length, reserved: BYTES.length })
    later(HOUR_MS)
    const { findings } = await installation.sweep()
    assert.deepEqual(
      findings.map(({ kind, outcome }) => [kind, outcome]),
      [['overdue-session', 'removed']],
    )
    assert.deepEqual(await installation.usage(), { used: BYTES.length, reserved: 0 })
  })

  it('end their session when the copy fails', async () => {
    await sendDirectly()
    const { storage } = installation.context
    const before = await installation.filesOnDisk()
    const copy = () => Promise.reject(new Error('the disk is full'))
    await assert.rejects(ask({ storage: { ...storage, copy } }), /full/)
    assert.deepEqual(await installation.usage(), { used: BYTES.length, reserved: 0 })
    assert.deepEqual(await installation.filesOnDisk(), before)
  })

  it('leave orphans of a direct upload that was killed, which a sweep removes after a day', async () => {
    const first = await sendDirectly()
    const before = await installation.filesOnDisk()
    const { database } = installation.context
    const add = () => Promise.reject(new Error('killed'))
    await assert.rejects(
      sendDirectly({ database: { ...database, files: { ...database.files, add } } }),
      /killed/,
    )
    assert.notDeepEqual(await installation.filesOnDisk(), before)
    assert.deepEqual((await installation.sweep()).findings, [])
    later(DAY_MS + MINUTE_MS)
    const { findings } = await installation.sweep()
    assert.deepEqual(
      findings.map(({ outcome }) => outcome),
      ['removed'],
    )
    assert.deepEqual(await installation.filesOnDisk(), before)
    await assertReadable(first)
  })

  it('are all damaged when a scrub finds their bytes damaged, and share nothing until they are sound', async () => {
    const first = await sendDirectly()
    const second = await share()
    await flip(`${installation.stem(first.objectName)}.object`)
    later(MINUTE_MS)
    const { damage } = await scrub()
    assert.deepEqual(damage.map(({ name }) => name).sort(), [first.objectName, second.objectName].sort())
    for (const file of [first, second]) assert.ok((await find(file)).damagedAtMs)
    const refused = await ask()
    assert.equal(refused.kind, 'session')
    await flip(`${installation.stem(first.objectName)}.object`)
    later(MINUTE_MS)
    assert.deepEqual((await scrub()).damage, [])
    for (const file of [first, second]) assert.equal((await find(file)).damagedAtMs, null)
    await assertReadable(await share())
  })

  it('share nothing when the first bytes prove to be damaged', async () => {
    const first = await sendDirectly()
    await flip(`${installation.stem(first.objectName)}.object`)
    assert.equal((await ask()).kind, 'session')
    const received = await sendDirectly()
    assert.equal(received.sharesBytesOf, null)
    await assertReadable(received)
  })

  it('share nothing when an object is missing', async () => {
    const { objectName } = await sendDirectly()
    await installation.context.storage.remove(objectName)
    assert.equal((await ask()).kind, 'session')
    await assertReadable(await sendDirectly())
  })

  it('have their bytes, or the client is asked for them, while the last File with them is deleted', async () => {
    const { organizationId, context } = installation
    for (let race = 0; race < RACES; race++) {
      const last = await sendDirectly()
      const removing = remove(last)
      for (let turn = 0; turn < race % 10; turn++) await new Promise(setImmediate)
      const [created] = await Promise.all([ask(), removing])
      if (created.kind === 'stored') {
        await assertReadable(created.file)
        await remove(created.file)
      } else
        await context.database.uploadSessions.cancel(organizationId, created.session.fileId, context.now())
      assert.deepEqual(await installation.filesOnDisk(), [])
      assert.deepEqual(await installation.usage(), { used: 0, reserved: 0 })
    }
  })

  it('are counted and removed correctly when several are made and deleted at once', async () => {
    const first = await sendDirectly()
    const made = await Promise.all([share(), share(), share(), share()])
    await Promise.all([remove(first), ...made.slice(1).map(remove)])
    const [left] = made
    await assertReadable(left ?? assert.fail('there is no file'))
    assert.deepEqual(await installation.usage(), { used: BYTES.length, reserved: 0 })
    await remove(left ?? assert.fail('there is no file'))
    assert.deepEqual(await installation.filesOnDisk(), [])
    later(SESSION_MS)
    assert.deepEqual((await installation.sweep()).findings, [])
  })
})

/** Flips a bit of the first byte of a file. */
async function flip(path: string): Promise<void> {
  const file = await openFile(path, 'r+')
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, 0)
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 0)
  await file.close()
}
