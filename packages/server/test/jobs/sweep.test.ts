import assert from 'node:assert/strict'
import { appendFile, copyFile, link, mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import { responseOf } from '../../src/database/records/responses.conformance.ts'
import { jobCaller } from '../../src/domain/access/caller.ts'
import { ServiceError } from '../../src/domain/errors.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { SWEEP_START } from '../../src/jobs/tasks/sweep.ts'
import { deleteFile } from '../../src/operations/files/delete-file.ts'
import { type IncomingFile, uploadFiles } from '../../src/operations/files/upload-files.ts'
import { cancelUpload } from '../../src/operations/uploads/cancel-upload.ts'
import { deleteOrphan } from '../../src/operations/uploads/delete-orphan.ts'
import { receiveUpload } from '../../src/protocols/google-resumable/receive-upload.ts'
import {
  AUDIT_MS,
  createInstallation,
  DAY_MS,
  FACTS,
  type Installation,
  SESSION_MS,
  SIZE_BYTES,
  type Upload,
} from './installation.ts'

const WRITER_ID = '0123456789abcdef'
const isCode = (code: string) => (error: unknown) => error instanceof ServiceError && error.code === code

interface Scene {
  readonly name: string
  /** Creates the scene with real operations, and then changes it as a crash would. */
  make(installation: Installation): Promise<unknown>
  /** Time between the scene and the sweep. */
  readonly afterMs: number
  readonly kind?: string
  readonly reason?: RegExp
}

/** Creates a complete, unregistered object with the log and the segment of its upload still beside it. */
async function crashedBeforeUnlink(installation: Installation): Promise<Upload> {
  const upload = await installation.unfinished()
  const stem = installation.stem(upload.session.objectName)
  const log = await readdir(dirname(stem)).then((names) => names.find((name) => name.endsWith('.log')))
  await copyFile(join(dirname(stem), log ?? ''), `${stem}.kept`)
  const segments = (await readdir(dirname(stem))).filter((name) => name.endsWith('.segment'))
  await installation.send(upload, SIZE_BYTES, 262_144)
  for (const segment of segments) await link(`${stem}.object`, join(dirname(stem), segment))
  await copyFile(`${stem}.kept`, `${stem}.log`)
  await rm(`${stem}.kept`)
  return upload
}

/** Registers a file of two segments: the process of the first one ended without releasing the upload. */
async function registeredOfTwoSegments(installation: Installation): Promise<Upload> {
  const upload = await installation.open()
  const { objectName: name, contentType } = upload.session
  const crashed = await openStorage({ kind: 'disk', directory: installation.objects })
  await installation.send(upload, 300_000)
  const writer = await crashed.uploads.claim({ name, contentType }, null)
  assert.equal(writer?.startOffset, 262_144)
  await installation.send(upload, SIZE_BYTES, 262_144)
  await installation.register(upload)
  await writer?.release()
  return upload
}

/** Opens a session and stores two parts of its object. */
async function unfinishedParts(installation: Installation): Promise<Upload> {
  const upload = await installation.open()
  for (const partId of ['1', '2']) {
    const body = Readable.from([Buffer.from(`part ${partId}`)], { objectMode: false })
    const spec = { name: upload.session.objectName, partId }
    const written = await installation.context.storage.parts.write(spec, body, { maxBytes: 100 })
    assert.equal(written.kind, 'part')
  }
  return upload
}

const REMOVED: readonly Scene[] = [
  {
    name: 'an overdue unfinished upload',
    make: (installation) => installation.unfinished(),
    afterMs: SESSION_MS,
    kind: 'overdue-session',
    reason: /^it expired at \d{4}-/,
  },
  {
    name: 'a complete object that was not registered in time',
    make: (installation) => installation.complete(),
    afterMs: SESSION_MS,
    kind: 'overdue-session',
  },
  {
    name: 'an overdue unfinished upload of a dead session',
    make: async ({ unfinished, context, organizationId }) => {
      const { session } = await unfinished()
      await context.database.uploadSessions.markDead(organizationId, session.fileId)
    },
    afterMs: SESSION_MS,
    kind: 'overdue-session',
  },
  {
    name: 'an overdue unfinished upload with a chunk that was too small',
    make: async ({ unfinished, send }) => {
      const answer = await send(await unfinished(), 262_144 + 5, 262_144)
      assert.equal(answer.kind, 'small-chunk')
    },
    afterMs: SESSION_MS,
    kind: 'overdue-session',
  },
  {
    name: 'the object of a deleted file',
    make: async ({ complete, register, context, organizationId }) => {
      const { id } = await register(await complete())
      await context.database.files.delete(organizationId, id, context.now())
    },
    afterMs: 0,
    kind: 'object',
    reason: /^its file is deleted$/,
  },
  {
    name: 'the unfinished upload of a cancelled session',
    make: async ({ unfinished, context, organizationId }) => {
      const { session } = await unfinished()
      await context.database.uploadSessions.cancel(organizationId, session.fileId, context.now())
    },
    afterMs: 0,
    kind: 'upload',
    reason: /was cancelled$/,
  },
  {
    name: 'the unfinished upload of parts of a cancelled session',
    make: async (installation) => {
      const { session } = await unfinishedParts(installation)
      const { context, organizationId } = installation
      await context.database.uploadSessions.cancel(organizationId, session.fileId, context.now())
    },
    afterMs: 0,
    kind: 'upload',
    reason: /was cancelled$/,
  },
  {
    name: 'the object of a cancelled session',
    make: async ({ complete, context, organizationId }) => {
      const { session } = await complete()
      await context.database.uploadSessions.cancel(organizationId, session.fileId, context.now())
    },
    afterMs: 0,
    kind: 'object',
    reason: /was cancelled$/,
  },
  {
    name: 'the unfinished upload of an expired session',
    make: async ({ unfinished, context, organizationId }) => {
      const { session } = await unfinished()
      const { uploadSessions } = context.database
      await uploadSessions.expire(organizationId, session.fileId, session.expiresAtMs)
    },
    afterMs: 0,
    kind: 'upload',
    reason: /has expired$/,
  },
  {
    name: 'an object without a record after a day',
    make: async ({ complete, tamper }) => {
      await complete()
      tamper('DELETE FROM upload_sessions')
    },
    afterMs: DAY_MS,
    kind: 'object',
    reason: /^no record explains it/,
  },
  {
    name: 'an unfinished upload without a record after a day',
    make: async ({ unfinished, tamper }) => {
      await unfinished()
      tamper('DELETE FROM upload_sessions')
    },
    afterMs: DAY_MS,
    kind: 'upload',
    reason: /^no record explains it/,
  },
  {
    name: 'a segment without a log and an object after a day',
    make: ({ stem }) => writeFile(`${stem('none')}.${WRITER_ID}.segment`, 'bytes'),
    afterMs: DAY_MS,
    kind: 'orphan',
    reason: /^no record explains it/,
  },
  {
    name: 'a log without a readable entry after a day',
    make: ({ stem }) => writeFile(`${stem('none')}.log`, '\n12345678 {"version":1,"cla'),
    afterMs: DAY_MS,
    kind: 'orphan',
    reason: /^no record explains it/,
  },
]

const KEPT: readonly Scene[] = [
  {
    name: 'an unfinished upload before its expiry',
    make: ({ unfinished }) => unfinished(),
    afterMs: SESSION_MS - DAY_MS,
  },
  {
    name: 'an unfinished upload of parts before its expiry',
    make: unfinishedParts,
    afterMs: SESSION_MS - DAY_MS,
  },
  {
    name: 'a new file of a part that another process may be receiving',
    make: async (installation) => {
      const { session } = await unfinishedParts(installation)
      await writeFile(`${installation.stem(session.objectName)}.${WRITER_ID}.segment`, 'bytes')
    },
    afterMs: DAY_MS / 2,
  },
  {
    name: 'an object of parts that can still be registered',
    make: async (installation) => {
      const { objectName: name, contentType } = (await unfinishedParts(installation)).session
      const parts = ['2', '1'].map((partId) => ({ partId, version: null }))
      await installation.context.storage.parts.complete({ name, contentType }, parts, NO_HASHES)
    },
    afterMs: SESSION_MS - DAY_MS,
  },
  {
    name: 'an object that can still be registered',
    make: ({ complete }) => complete(),
    afterMs: SESSION_MS - DAY_MS,
  },
  {
    name: 'an object of a dead session, which can still be registered',
    make: async ({ complete, context, organizationId }) => {
      const { session } = await complete()
      await context.database.uploadSessions.markDead(organizationId, session.fileId)
    },
    afterMs: SESSION_MS - DAY_MS,
  },
  {
    name: 'a file',
    make: async ({ complete, register }) => register(await complete()),
    afterMs: 100 * SESSION_MS,
  },
  { name: 'a file of two segments', make: registeredOfTwoSegments, afterMs: 100 * SESSION_MS },
  {
    name: 'a file of a direct upload',
    make: async ({ context, caller }) => {
      const body = Readable.from([Buffer.from('hello')], { objectMode: false })
      const file = { filename: 'hello.txt', contentType: 'text/plain', body }
      const files = Readable.from([file])
      const incoming = {
        files,
        bodyBytes: null,
        checksums: () => [],
        sha256s: () => [],
        algorithms: () => [],
        properties: () => ({ purpose: null, lifetimeMs: null }),
        rules: { maxFileBytes: SIZE_BYTES, typesAreHints: false, allowsEmptyFiles: true },
      }
      await uploadFiles(context, caller, incoming)
    },
    afterMs: 100 * SESSION_MS,
  },
  {
    name: 'a new object without a record',
    make: ({ context }) => {
      const body = Readable.from([Buffer.from('hello')], { objectMode: false })
      return context.storage.write({ name: 'files/new', contentType: 'text/plain' }, body, 100)
    },
    afterMs: DAY_MS / 2,
  },
  {
    name: 'a new unfinished upload without a record',
    make: async ({ unfinished, tamper }) => {
      await unfinished()
      tamper('DELETE FROM upload_sessions')
    },
    afterMs: DAY_MS / 2,
  },
  {
    name: 'a new segment without a log and an object',
    make: ({ stem }) => writeFile(`${stem('none')}.${WRITER_ID}.segment`, 'bytes'),
    afterMs: DAY_MS / 2,
  },
  {
    name: 'files of other programs',
    make: ({ stem }) => writeFile(join(dirname(stem('none')), 'notes.txt'), 'mine'),
    afterMs: 10 * DAY_MS,
  },
]

describe('sweep', () => {
  let installation: Installation
  beforeEach(async () => {
    installation = await createInstallation()
  })
  afterEach(() => installation.close())

  for (const { name, make, afterMs, kind, reason } of REMOVED) {
    it(`removes ${name}, and only reports it in a dry run`, async () => {
      const { filesOnDisk, clock, sweep } = installation
      await make(installation)
      const before = await filesOnDisk()
      assert.ok(before.length > 0)
      clock.aheadMs = afterMs
      const outcomesOf = async (isDryRun: boolean) =>
        (await sweep({ isDryRun })).findings.map((finding) => [finding.kind, finding.outcome])

      assert.deepEqual(await outcomesOf(true), [[kind, 'to-remove']])
      assert.deepEqual(await filesOnDisk(), before)
      const { findings } = await sweep()
      assert.deepEqual(
        findings.map((finding) => [finding.kind, finding.outcome]),
        [[kind, 'removed']],
      )
      if (reason) assert.match(findings[0]?.reason ?? '', reason)
      assert.deepEqual(await filesOnDisk(), [])
      assert.deepEqual(await outcomesOf(false), [])
    })
  }

  for (const { name, make, afterMs } of KEPT) {
    it(`keeps ${name}`, async () => {
      const { filesOnDisk, clock, sweep } = installation
      await make(installation)
      const before = await filesOnDisk()
      assert.ok(before.length > 0)
      clock.aheadMs = afterMs
      assert.deepEqual((await sweep()).findings, [])
      assert.deepEqual(await filesOnDisk(), before)
    })
  }

  it('removes the file of a part that was never stored after a day, and keeps the stored parts', async () => {
    const { session } = await unfinishedParts(installation)
    const before = await installation.filesOnDisk()
    await writeFile(`${installation.stem(session.objectName)}.${WRITER_ID}.segment`, 'bytes')
    installation.clock.aheadMs = DAY_MS
    const { findings } = await installation.sweep()
    assert.deepEqual(
      findings.map(({ kind, outcome }) => ({ kind, outcome })),
      [{ kind: 'orphan', outcome: 'removed' }],
    )
    assert.deepEqual(await installation.filesOnDisk(), before)
  })

  it('keeps an upload without a record while it has a writer in this process', async () => {
    const { context, clock, sweep, filesOnDisk } = installation
    const writer = await context.storage.uploads.claim({ name: 'files/new', contentType: 'text/plain' }, null)
    clock.aheadMs = 10 * DAY_MS
    assert.deepEqual((await sweep()).findings, [])
    await writer?.commit(0)
    assert.equal((await filesOnDisk()).length, 2)
    assert.equal((await sweep()).findings.length, 1)
    assert.deepEqual(await filesOnDisk(), [])
  })

  it('removes the bytes that a crash left beside a complete object, but not the object', async () => {
    const { filesOnDisk, sweep, stem, context, register } = installation
    const upload = await crashedBeforeUnlink(installation)
    const { objectName } = upload.session
    assert.equal((await filesOnDisk()).length, 3)
    const { findings } = await sweep()
    assert.deepEqual(
      findings.map(({ kind, outcome }) => [kind, outcome]),
      [['orphan', 'removed']],
    )
    assert.deepEqual(await filesOnDisk(), [`${stem(objectName)}.object`])
    await register(upload)
    assert.equal((await buffer(await context.storage.read(objectName))).length, SIZE_BYTES)
  })

  it('removes a surplus segment beside an object of two segments, but not its own', async () => {
    const { filesOnDisk, sweep, stem, context } = installation
    const { session } = await registeredOfTwoSegments(installation)
    const needed = await filesOnDisk()
    assert.equal(needed.length, 2)
    await writeFile(`${stem(session.objectName)}.${WRITER_ID}.segment`, 'late')
    const { findings } = await sweep()
    assert.deepEqual(
      findings.map(({ kind, outcome }) => [kind, outcome]),
      [['orphan', 'removed']],
    )
    assert.deepEqual(await filesOnDisk(), needed)
    assert.equal((await buffer(await context.storage.read(session.objectName))).length, SIZE_BYTES)
  })

  it('reports a file whose object is missing, and keeps the file', async () => {
    const { complete, register, stem, sweep, context, organizationId } = installation
    const file = await register(await complete())
    await rm(`${stem(file.objectName)}.object`)
    for (let time = 0; time < 2; time++) {
      const [finding, ...others] = (await sweep()).findings
      assert.deepEqual(others, [])
      assert.deepEqual(
        { ...finding, reason: '' },
        { kind: 'missing-object', name: file.objectName, reason: '', outcome: 'reported' },
      )
    }
    assert.deepEqual(await context.database.files.find(organizationId, file.id), file)
  })

  it('reports a file whose object was replaced, and keeps both', async () => {
    const { complete, register, sweep, context } = installation
    const file = await register(await complete())
    const name = file.objectName
    await context.storage.remove(name)
    await context.storage.write(
      { name, contentType: 'text/plain' },
      Readable.from([Buffer.from('other')]),
      100,
    )
    const [finding, ...others] = (await sweep()).findings
    assert.deepEqual(others, [])
    assert.deepEqual([finding?.kind, finding?.outcome], ['missing-object', 'reported'])
    assert.match(finding?.reason ?? '', /replaced/)
    assert.ok(await context.storage.stat(name))
  })

  it('reports an unreadable object, and keeps it', async () => {
    const { complete, register, stem, sweep, clock, filesOnDisk } = installation
    const damaged = await register(await complete())
    await truncate(`${stem(damaged.objectName)}.object`, SIZE_BYTES)
    const moved = await complete()
    await copyFile(`${stem(moved.session.objectName)}.object`, `${stem('elsewhere')}.object`)
    await writeFile(`${stem('newer')}.log`, '\n')
    await appendFile(`${stem('newer')}.log`, 'ef5a3e96 {"version":1}\n')
    const before = await filesOnDisk()
    const { findings } = await sweep()
    clock.aheadMs = DAY_MS / 2
    assert.deepEqual(
      new Set(findings.map(({ kind, outcome }) => `${kind} ${outcome}`)),
      new Set(['unreadable reported']),
    )
    // The damaged object is found twice: in the folder, without a name, and as the object of its file.
    assert.equal(findings.length, 3)
    assert.deepEqual(await filesOnDisk(), before)
  })

  it('examines nothing in a storage that belongs to another database', async () => {
    const { complete, register, sweep, folder, objects, filesOnDisk } = installation
    await register(await complete())
    await sweep()
    const before = await filesOnDisk()
    const other = await createInstallation()
    const database = await openDatabase({ kind: 'sqlite', path: join(folder, 'other.db') })
    const storage = await openStorage({ kind: 'disk', directory: objects })
    Object.assign(other.context, { storage, database })
    other.clock.aheadMs = 10 * DAY_MS
    const { findings } = await other.sweep()
    assert.deepEqual(
      findings.map(({ kind, outcome }) => [kind, outcome]),
      [['foreign-storage', 'reported']],
    )
    assert.deepEqual(await filesOnDisk(), before)
    await database.close()
    await rm(other.folder, { recursive: true })
  })

  it('lets an expired session be "expired" for a week, then unknown', async () => {
    const { unfinished, send, register, clock, sweep, usage, context, caller } = installation
    const upload = await unfinished()
    const answers = async () => {
      const sent = await send(upload, SIZE_BYTES, 262_144)
      const code = await register(upload).catch((error) => error.code)
      return [sent.kind, code]
    }
    clock.aheadMs = SESSION_MS
    assert.deepEqual(await answers(), ['expired', 'UPLOAD_SESSION_EXPIRED'])
    await sweep()
    assert.deepEqual(await usage(), { used: 0, reserved: 0 })
    assert.deepEqual(await answers(), ['expired', 'UPLOAD_SESSION_EXPIRED'])
    clock.aheadMs = 0
    assert.deepEqual(
      await answers(),
      ['expired', 'UPLOAD_SESSION_EXPIRED'],
      'for a clock that is behind, too',
    )
    clock.aheadMs = 2 * SESSION_MS - 60_000
    assert.equal((await sweep()).forgottenRecords, 0)
    assert.deepEqual(await answers(), ['expired', 'UPLOAD_SESSION_EXPIRED'])
    clock.aheadMs = 2 * SESSION_MS
    assert.deepEqual(await answers(), ['unknown', 'UPLOAD_SESSION_EXPIRED'])
    assert.equal((await sweep()).forgottenRecords, 1)
    assert.deepEqual(await answers(), ['unknown', 'UPLOAD_NOT_FOUND'])
    await assert.rejects(cancelUpload(context, caller, upload.session.fileId), isCode('UPLOAD_NOT_FOUND'))
  })

  it('keeps the record of a deleted file for a month', async () => {
    const { complete, register, clock, sweep, context, organizationId, caller } = installation
    const upload = await complete()
    const { id } = await register(upload)
    await deleteFile(context, caller, id)
    clock.aheadMs = 30 * DAY_MS - 1000
    assert.equal((await sweep()).forgottenRecords, 0)
    assert.ok(await context.database.files.findPosition(organizationId, id))
    clock.aheadMs = 30 * DAY_MS + 1000
    assert.equal((await sweep()).forgottenRecords, 1)
    assert.equal(await context.database.files.findPosition(organizationId, id), null)
    await assert.rejects(register(upload), isCode('UPLOAD_NOT_FOUND'))
  })

  it('keeps a response until it expires', async () => {
    const { clock, sweep, context, organizationId } = installation
    const response = responseOf(organizationId)
    const { responses } = context.database
    assert.ok(await responses.add(response, [], context.now() + DAY_MS))
    clock.aheadMs = DAY_MS - 1000
    assert.equal((await sweep()).forgottenRecords, 0)
    assert.ok(await responses.find(organizationId, response.id, 0))
    clock.aheadMs = DAY_MS + 1000
    assert.equal((await sweep()).forgottenRecords, 1)
    assert.equal(await responses.find(organizationId, response.id, 0), null)
  })

  /** Returns what the sweep recorded: the events after those of clients and the operator. */
  const recordedBySweep = async () => {
    const rows = await installation.context.database.audit.list(null, 100)
    return rows
      .filter(({ actor }) => actor?.startsWith('job:'))
      .map(({ actor, action, organizationId, target, outcome }) => [
        ...[actor, action, organizationId, target, outcome],
      ])
  }

  it('records each orphan that it removes, with its file', async () => {
    const { complete, register, clock, sweep, stem, context, organizationId, objects } = installation
    const { id } = await register(await complete())
    await context.database.files.delete(organizationId, id, context.now())
    const remains = `${stem('never').slice(objects.length + 4)}.${WRITER_ID}.segment`
    await mkdir(dirname(stem('never')), { recursive: true })
    await writeFile(join(dirname(stem('never')), remains), 'bytes')
    clock.aheadMs = DAY_MS + 1000
    await sweep({ isDryRun: true })
    assert.deepEqual(await recordedBySweep(), [])
    await sweep()
    await sweep()
    const expected = [
      ['job:sweep', 'deleteOrphan', organizationId, id, 'ok'],
      ['job:sweep', 'deleteOrphan', null, remains, 'ok'],
    ]
    const byTarget = (rows: (string | null | undefined)[][]) => rows.map((row) => row.join(' ')).sort()
    assert.deepEqual(byTarget(await recordedBySweep()), byTarget(expected))
  })

  it('does not record the expiry of a session, which follows from its creation', async () => {
    const { unfinished, clock, sweep } = installation
    await unfinished()
    clock.aheadMs = SESSION_MS
    assert.equal((await sweep()).findings.length, 1)
    assert.deepEqual(await recordedBySweep(), [])
  })

  it('does not record an orphan that is gone or needed again', async () => {
    const { complete, context, filesOnDisk } = installation
    const { objectName } = (await complete()).session
    const before = await filesOnDisk()
    const remove = (orphan: Parameters<typeof deleteOrphan>[2]) =>
      deleteOrphan(context, jobCaller('sweep'), orphan)
    assert.equal(await remove({ objectName, isRecorded: false }), false)
    assert.equal(await remove({ id: `${'0'.repeat(64)}.${WRITER_ID}.segment` }), false)
    assert.deepEqual(await filesOnDisk(), before)
    assert.deepEqual(await recordedBySweep(), [])
  })

  it('keeps audit events until the end of their retention', async () => {
    const { clock, sweep, context } = installation
    const timeMs = context.now()
    const who = { organizationId: null, actor: null, clientAddress: null }
    const event = { ...who, action: 'listFiles', target: null, outcome: 'ok' }
    await context.database.audit.add({ ...event, timeMs, traceId: 'kept' })
    clock.aheadMs = AUDIT_MS - 1000
    assert.equal((await sweep()).forgottenRecords, 0)
    clock.aheadMs = AUDIT_MS + 1000
    assert.equal((await sweep()).forgottenRecords, 2, 'with the record of the organization')
    assert.deepEqual(await context.database.audit.list(null, 10), [])
  })

  it('keeps nothing of an upload whose last byte arrives while its session expires', async () => {
    const { unfinished, clock, sweep, filesOnDisk, context } = installation
    const upload = await unfinished()
    const body = new Readable({ read() {} })
    const range = { kind: 'rest', start: 262_144, total: SIZE_BYTES } as const
    const hashes = NO_HASHES
    const sending = receiveUpload(context, upload.uploadId, FACTS, { range, hashes, body, bodyBytes: null })
    body.push(Buffer.alloc(SIZE_BYTES - 262_144))
    clock.aheadMs = SESSION_MS
    const sweeping = sweep()
    body.push(null)
    await sweeping
    assert.ok(['expired', 'cut'].includes((await sending).answer.kind))
    await sweep()
    assert.deepEqual(await filesOnDisk(), [])
  })

  it('releases each reservation once, however the session ends in two processes', async () => {
    const { complete, register, clock, sweep, usage, context, organizationId, caller, folder, objects } =
      installation
    const uploads: Upload[] = []
    for (let index = 0; index < 12; index++) uploads.push(await complete())
    const database = await openDatabase({ kind: 'sqlite', path: join(folder, 'waybill.db') })
    const storage = await openStorage({ kind: 'disk', directory: objects })
    const theirs = { ...context, database, storage, now: () => Date.now() + SESSION_MS }
    const ends = uploads.flatMap(({ session }, index) => [
      () => register(uploads[index] as Upload),
      () => cancelUpload(theirs, caller, session.fileId),
    ])
    const ending = ends.map((end) => end())
    // From now on all sessions are overdue, also those whose register has begun.
    clock.aheadMs = SESSION_MS
    await Promise.allSettled([...ending, sweep(), sweep()])
    const kinds = new Map<string, number>()
    for (const { session } of uploads) {
      const found = await context.database.uploadSessions.findByFileId(organizationId, session.fileId)
      const kind = found?.state.kind ?? 'none'
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      const isRegistered = kind === 'registered'
      assert.equal((await context.storage.stat(session.objectName)) !== null, isRegistered, kind)
    }
    assert.deepEqual(await usage(), { used: (kinds.get('registered') ?? 0) * SIZE_BYTES, reserved: 0 })
    assert.equal(kinds.get('open'), undefined)
    await database.close()
  })

  it('fails a direct upload whose bytes were swept during the request, and keeps nothing of it', async () => {
    const { context, caller, clock, sweep, filesOnDisk, usage } = installation
    const incoming = async function* (): AsyncGenerator<IncomingFile> {
      for (const filename of ['first.txt', 'second.txt']) {
        const body = Readable.from([Buffer.from('hello')], { objectMode: false })
        yield { filename, contentType: 'text/plain', body }
        clock.aheadMs = 2 * DAY_MS
        await sweep()
      }
    }
    const uploading = uploadFiles(context, caller, {
      files: incoming(),
      bodyBytes: null,
      checksums: () => [],
      sha256s: () => [],
      algorithms: () => [],
      properties: () => ({ purpose: null, lifetimeMs: null }),
      rules: { maxFileBytes: SIZE_BYTES, typesAreHints: false, allowsEmptyFiles: true },
    })
    await assert.rejects(uploading, isCode('SERVICE_UNAVAILABLE'))
    assert.deepEqual(await filesOnDisk(), [])
    assert.deepEqual(await usage(), { used: 0, reserved: 0 })
  })

  it('is limited, and the next run continues at its end', async () => {
    const { complete, tamper, clock, sweep, filesOnDisk, register, stem } = installation
    const lost = await register(await complete())
    await rm(`${stem(lost.objectName)}.object`)
    const others = [await complete(), await complete(), await complete(), await complete(), await complete()]
    tamper("DELETE FROM upload_sessions WHERE state = 'open'")
    clock.aheadMs = DAY_MS
    let position = SWEEP_START
    const found: string[] = []
    for (let run = 0; run < 2 * others.length; run++) {
      const swept = await sweep({ maxFindings: 2, maxExamined: 1 }, position)
      const kinds = swept.findings.map(({ kind }) => kind)
      // Each part of a sweep has the limit: the missing object comes besides.
      assert.ok(kinds.filter((kind) => kind === 'object').length <= 2)
      found.push(...kinds)
      position = swept.next
    }
    assert.equal(found.filter((kind) => kind === 'object').length, others.length)
    assert.ok(found.includes('missing-object'))
    assert.deepEqual(await filesOnDisk(), [])
  })

  it('does nothing more after it was aborted', async () => {
    const { complete, clock, sweep, filesOnDisk } = installation
    await complete()
    clock.aheadMs = SESSION_MS
    assert.deepEqual((await sweep({ signal: AbortSignal.abort() })).findings, [])
    assert.equal((await filesOnDisk()).length, 1)
  })
})
