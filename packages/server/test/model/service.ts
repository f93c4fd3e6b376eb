import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createApp } from '../../src/app.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { Database } from '../../src/database/database.ts'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import type { ChecksumAlgorithm } from '../../src/domain/uploads/checksums.ts'
import { createLogger } from '../../src/logger.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import type { Context, Limits } from '../../src/operations/context.ts'
import { createEventFeed } from '../../src/operations/events/event-feed.ts'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { createDirectReservations } from '../../src/operations/files/reserve-uploads.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { checkFreeSpace } from '../../src/operations/uploads/check-free-space.ts'
import { deleteUploadBytes } from '../../src/operations/uploads/delete-upload-bytes.ts'
import { createRequestOrder } from '../../src/operations/uploads/request-order.ts'
import type { UploadWriter } from '../../src/storage/hosted-uploads.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { memoryFolder } from '../memory-folder.ts'
import { eventually } from '../protocol/exchange.ts'
import { unusedKnowledge } from '../unused-knowledge.ts'
import { MODEL_LIMITS, UNUSED_MODELS } from '../unused-models.ts'
import { UNUSED_PARTS } from '../unused-parts.ts'
import { createUpload, type Declared } from './create-upload.ts'

export interface OpenedSession {
  readonly uri: string
  readonly uploadId: string
  readonly fileId: string
  readonly objectName: string
  readonly checksums: readonly ChecksumAlgorithm[]
}

/** Complete service in this process, listening on a port. It is fast, and its state can be inspected. */
export interface Service {
  open(declared: Declared): Promise<OpenedSession>
  /** Returns true when the File of the session exists. */
  hasFile(session: OpenedSession): Promise<boolean>
  /** Waits until the storage reads the body of this request and `connectionBytes` of its connection have arrived. */
  arrived(requestId: string, connectionBytes: number): Promise<void>
  /** Waits until the bytes of this body are stored or dropped. */
  over(requestId: string): Promise<void>
  storedBytes(session: OpenedSession): Promise<Buffer>
  /** Removes the bytes of a session. */
  forget(session: OpenedSession): Promise<void>
  /** Closes storage and database, and opens them again on the same folder; null when all is in memory. */
  readonly restart: (() => Promise<void>) | null
  close(): Promise<void>
}

const ORGANIZATION_ID = 'org_model'
const IDLE_MS = 60_000
const MAX_FILE_BYTES = 1024 ** 3
const LIMITS: Limits = {
  maxFileBytes: MAX_FILE_BYTES,
  directUploadMaxBytes: MAX_FILE_BYTES,
  openaiFileMaxBytes: MAX_FILE_BYTES,
  indexWaitMs: 0,
  allowedContentTypes: null,
  uploadSessionMs: 24 * 60 * 60 * 1000,
  uploadChecksums: [],
  maxOpenSessions: 10_000_000,
  createsBuckets: true,
  hasMd5Etags: true,
  models: MODEL_LIMITS,
}

export async function startService(kind: 'disk' | 'memory'): Promise<Service> {
  const folder = await mkdtemp(join(await memoryFolder(), 'waybill-model-'))
  const bodies = createTakenBodies()
  let backends = await openBackends(kind, folder, bodies)
  const context: Context = {
    get storage() {
      return backends.storage
    },
    get database() {
      return backends.database
    },
    limits: LIMITS,
    contents: createKnownContents(),
    requestOrder: createRequestOrder(),
    knowledge: unusedKnowledge(backends.database),
    models: UNUSED_MODELS,
    reservations: createDirectReservations(backends.database, Date.now),
    checkFreeSpace: async (...declared) => void (await checkFreeSpace(context, ...declared)),
    downloadSecret: { read: async () => 'secret' },
    eventFeed: createEventFeed(backends.database),
    ...UNUSED_PARTS,
    audit: auditOf(() => backends.database),
    log: { warn: () => {} },
    now: Date.now,
  }
  let url = ''
  const app = createApp({
    context,
    logger: await createLogger('silent'),
    publicUrl: () => url,
    trustedProxies: null,
    idleMs: IDLE_MS,
    corsOrigins: [],
    diversion: null,
    interopVersions: [8],
    requestsPerMinute: 0,
    sharedCounts: null,
    maxConnectionsPerAddress: null,
    observers: [],
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const organization = { id: ORGANIZATION_ID, name: 'Model' }
  const { apiKey } = await createOrganization(context, operatorCaller(null), organization)

  const closeBackends = async () => {
    await backends.storage.close()
    await backends.database.close()
  }

  return {
    open: async (declared) => {
      const files = `${url}/v1/organizations/${ORGANIZATION_ID}/files`
      const { uri, fileId } = await createUpload(files, apiKey.secret, declared)
      const session = await backends.database.uploadSessions.findByFileId(ORGANIZATION_ID, fileId)
      assert.ok(session)
      const uploadId = new URL(uri).searchParams.get('upload_id') ?? ''
      const checksums = declared.creation.by === 'upload-url' ? declared.checksums : []
      return { uri, uploadId, fileId, objectName: session.objectName, checksums }
    },
    hasFile: async ({ fileId }) => (await backends.database.files.find(ORGANIZATION_ID, fileId)) !== null,
    arrived: bodies.arrived,
    over: bodies.over,
    storedBytes: async ({ objectName }) => buffer(await backends.storage.read(objectName)),
    forget: async (session) => {
      bodies.forget()
      await deleteUploadBytes(context, { ...session, uploadHandle: null })
    },
    restart:
      kind === 'memory'
        ? null
        : async () => {
            await closeBackends()
            backends = await openBackends(kind, folder, bodies)
          },
    close: async () => {
      await closeBackends()
      app.server.closeAllConnections()
      await app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Creates the audit of a database that is opened again after a crash. */
function auditOf(database: () => Pick<Database, 'audit'>) {
  return createAudit({
    database: {
      get audit() {
        return database().audit
      },
    },
    log: { warn: () => {} },
    now: Date.now,
  })
}

async function openBackends(kind: 'disk' | 'memory', folder: string, bodies: TakenBodies) {
  const isOnDisk = kind === 'disk'
  const database = await openDatabase({
    kind: 'sqlite',
    path: isOnDisk ? join(folder, 'waybill.db') : ':memory:',
  })
  const storage = await openStorage(
    isOnDisk ? { kind, directory: join(folder, 'objects') } : { kind: 'memory' },
  )
  return { database, storage: bodies.watched(storage) }
}

type TakenBodies = ReturnType<typeof createTakenBodies>

/** Tracks the progress of the storage with the body of each request, by request id. */
function createTakenBodies() {
  const taken = new Map<string, { readonly message: IncomingMessage; isOver: boolean }>()

  const watchedWriter = (writer: UploadWriter): UploadWriter => {
    let id: string | null = null
    return {
      ...writer,
      append: (body: Readable, limits) => {
        const message = body as IncomingMessage
        id = String(message.headers['x-request-id'])
        taken.set(id, { message, isOver: false })
        return writer.append(body, limits)
      },
      release: async () => {
        await writer.release()
        const entry = taken.get(id ?? '')
        if (entry) entry.isOver = true
      },
    }
  }

  const until = (expectation: string, isSo: () => boolean) =>
    eventually(
      expectation,
      () => isSo() || undefined,
      () => new Promise(setImmediate),
    )

  return {
    watched: (storage: HostedStorage): HostedStorage => ({
      ...storage,
      uploads: {
        ...storage.uploads,
        claim: async (spec, expectedBytes) => {
          const writer = await storage.uploads.claim(spec, expectedBytes)
          return writer && watchedWriter(writer)
        },
      },
    }),
    arrived: async (id: string, bytes: number) => {
      await until('the body arrives', () => (taken.get(id)?.message.socket.bytesRead ?? 0) >= bytes)
    },
    over: async (id: string) => {
      await until('the body is dealt with', () => taken.get(id)?.isOver === true)
    },
    forget: () => taken.clear(),
  }
}
