import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { Database } from '../../src/database/database.ts'
import { type Caller, jobCaller, operatorCaller } from '../../src/domain/access/caller.ts'
import { NO_HASHES, type UploadSession } from '../../src/domain/uploads/upload-session.ts'
import { SWEEP_START, sweep } from '../../src/jobs/tasks/sweep.ts'
import type { SweepRun } from '../../src/jobs/tasks/sweep-run.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import { createEventFeed } from '../../src/operations/events/event-feed.ts'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { registerFile } from '../../src/operations/files/register-file.ts'
import { createDirectReservations } from '../../src/operations/files/reserve-uploads.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { createFreeSpaceCheck } from '../../src/operations/uploads/check-free-space.ts'
import { createUploadUrl } from '../../src/operations/uploads/create-upload-url.ts'
import type { HostingContext } from '../../src/operations/uploads/hosting-context.ts'
import { createRequestOrder } from '../../src/operations/uploads/request-order.ts'
import { receiveUpload } from '../../src/protocols/google-resumable/receive-upload.ts'
import { memoryFolder } from '../memory-folder.ts'
import { unusedKnowledge } from '../unused-knowledge.ts'
import { MODEL_LIMITS, UNUSED_MODELS } from '../unused-models.ts'
import { UNUSED_PARTS } from '../unused-parts.ts'

export const SIZE_BYTES = 600_000
export const SESSION_MS = 7 * 24 * 60 * 60 * 1000
export const DAY_MS = 24 * 60 * 60 * 1000
/** Retention of audit events. */
export const AUDIT_MS = 90 * 24 * 60 * 60 * 1000
const BYTES = Buffer.alloc(SIZE_BYTES, 'waybill ')
const CHUNK_BYTES = 262_144
/** Facts of the requests of clients. */
export const FACTS = { traceId: 'trace', clientAddress: '192.0.2.1' }

export interface Upload {
  readonly session: UploadSession
  readonly uploadId: string
}

const LIMITS: HostingContext['limits'] = {
  maxFileBytes: SIZE_BYTES,
  directUploadMaxBytes: SIZE_BYTES,
  openaiFileMaxBytes: SIZE_BYTES,
  indexWaitMs: 0,
  allowedContentTypes: null,
  uploadSessionMs: SESSION_MS,
  uploadChecksums: [],
  maxOpenSessions: 10_000,
  createsBuckets: true,
  hasMd5Etags: true,
  models: MODEL_LIMITS,
}

/** Installation with a real disk and database, and a clock that the test sets. */
export type Installation = Awaited<ReturnType<typeof createInstallation>>

export async function createInstallation() {
  const folder = await mkdtemp(join(await memoryFolder(), 'waybill-sweep-'))
  const objects = join(folder, 'objects')
  const records = join(folder, 'waybill.db')
  const storage = await openStorage({ kind: 'disk', directory: objects })
  const database: Database = await openDatabase({ kind: 'sqlite', path: records })
  const clock = { aheadMs: 0 }
  const log = { warn: () => {} }
  const now = () => Date.now() + clock.aheadMs
  const context: HostingContext = {
    storage,
    database,
    limits: LIMITS,
    contents: createKnownContents(),
    requestOrder: createRequestOrder(),
    knowledge: unusedKnowledge(database),
    models: UNUSED_MODELS,
    reservations: createDirectReservations(database, Date.now),
    checkFreeSpace: createFreeSpaceCheck({ storage, database, now }),
    downloadSecret: { read: async () => 'secret' },
    eventFeed: createEventFeed(database),
    ...UNUSED_PARTS,
    audit: createAudit({ database, log, now }),
    log,
    now,
  }
  const organizationId = 'org_1'
  await createOrganization(context, operatorCaller(null), { id: organizationId, name: 'Test' })

  const caller = operatorCaller(organizationId)
  const uploads = createUploads(context, caller)

  /** Returns the path of an object's files without the file extension. */
  const stem = (name: string) => {
    const hash = createHash('sha256').update(name).digest('hex')
    return join(objects, hash.slice(0, 2), hash)
  }

  return {
    folder,
    objects,
    context,
    clock,
    organizationId,
    caller,
    ...uploads,
    stem,
    sweep: (changes: Partial<SweepRun> = {}, position = SWEEP_START) => {
      const { signal } = new AbortController()
      const limits = { maxFindings: 1000, maxExamined: 1_000_000, auditMs: AUDIT_MS }
      const caller = jobCaller('sweep')
      const run = { ...limits, caller, isDryRun: false, removesUnexplained: true, signal, ...changes }
      return sweep(context, run, position)
    },
    /** Returns all files below the folders of objects. */
    filesOnDisk: async () => {
      const entries = await readdir(objects, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && entry.parentPath !== objects)
      return files.map((entry) => join(entry.parentPath, entry.name)).sort()
    },
    usage: async () => {
      const organization = await database.organizations.find(organizationId)
      assert.ok(organization)
      return { used: organization.storageUsedBytes, reserved: organization.storageReservedBytes }
    },
    /** Changes records directly in the database. */
    tamper: (sql: string) => {
      const raw = new DatabaseSync(records, { timeout: 1000 })
      raw.exec(sql)
      raw.close()
    },
    close: async () => {
      await storage.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Creates the actions of clients. */
function createUploads(context: HostingContext, caller: Caller) {
  const open = async (): Promise<Upload> => {
    const declaration = { filename: 'a b.txt', sizeBytes: SIZE_BYTES, contentType: 'text/plain' }
    const input = {
      ...declaration,
      origin: null,
      checksums: [],
      fileLifetimeMs: null,
      sha256: null,
      registers: 'on-request',
    } as const
    const created = await createUploadUrl(context, caller, input)
    assert.ok(created.kind === 'session' && created.target.kind === 'here')
    return { session: created.session, uploadId: created.target.uploadId }
  }

  const send = async (upload: Upload, endBytes: number, startBytes = 0) => {
    const body = Readable.from([Buffer.from(BYTES.subarray(startBytes, endBytes))], { objectMode: false })
    const { answer } = await receiveUpload(context, upload.uploadId, FACTS, {
      range: { kind: 'chunk', start: startBytes, end: endBytes - 1, total: SIZE_BYTES },
      hashes: NO_HASHES,
      body,
      bodyBytes: endBytes - startBytes,
    })
    return answer
  }

  const unfinished = async (): Promise<Upload> => {
    const upload = await open()
    assert.equal((await send(upload, CHUNK_BYTES)).kind, 'resume')
    return upload
  }

  const complete = async (): Promise<Upload> => {
    const upload = await open()
    assert.equal((await send(upload, SIZE_BYTES)).kind, 'object')
    return upload
  }

  const register = ({ session }: Upload) =>
    registerFile(context, caller, { ...session, sizeBytes: SIZE_BYTES, crc32c: null })

  return { open, send, unfinished, complete, register }
}
