import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import { hashSecret } from '../../src/domain/access/api-key.ts'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { ServiceError } from '../../src/domain/errors.ts'
import { createId } from '../../src/domain/ids.ts'
import { NO_HASHES, type UploadSession } from '../../src/domain/uploads/upload-session.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import { createEventFeed } from '../../src/operations/events/event-feed.ts'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { createDirectReservations } from '../../src/operations/files/reserve-uploads.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { createFreeSpaceCheck } from '../../src/operations/uploads/check-free-space.ts'
import { createRequestOrder } from '../../src/operations/uploads/request-order.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import type { ObjectMetadata } from '../../src/storage/stored-object.ts'
import { unusedKnowledge } from '../unused-knowledge.ts'
import { MODEL_LIMITS, UNUSED_MODELS } from '../unused-models.ts'
import { UNUSED_PARTS } from '../unused-parts.ts'
import { type Exchange, sendError } from './exchange.ts'
import type { FixtureBucket } from './fixture-bucket.ts'

const ORGANIZATION_ID = 'org_google'
const WEEK_MS = 7 * 24 * 60 * 60 * 1000
const IDLE_MS = 60_000

export interface SessionStart {
  readonly name: string
  readonly contentType: string
  readonly sizeBytes: number
  readonly origin: string | null
}

export type FixtureSessions = Awaited<ReturnType<typeof createFixtureSessions>>

const LIMITS = {
  maxFileBytes: Number.MAX_SAFE_INTEGER,
  directUploadMaxBytes: 1,
  openaiFileMaxBytes: 1,
  indexWaitMs: 0,
  allowedContentTypes: null,
  uploadSessionMs: WEEK_MS,
  uploadChecksums: [],
  maxOpenSessions: 10_000,
  createsBuckets: true,
  hasMd5Etags: true,
  models: MODEL_LIMITS,
}

const SILENT = { warn: () => {} }

const WITHOUT_LIMITS = {
  trustedProxies: null,
  idleMs: IDLE_MS,
  corsOrigins: [],
  diversion: null,
  interopVersions: [8],
  requestsPerMinute: 0,
  sharedCounts: null,
  maxConnectionsPerAddress: null,
  observers: [],
}

/** Creates sessions with this project's own implementation, in memory, whose objects go into the bucket. */
export async function createFixtureSessions(bucket: FixtureBucket, url: () => string) {
  const database = await openDatabase({ kind: 'sqlite', path: ':memory:' })
  const memory = await openStorage({ kind: 'memory' })
  const started = new Map<string, SessionStart & { objectName: string }>()
  const storage = publishing(memory, bucket, (objectName) => {
    const start = [...started.values()].find((one) => one.objectName === objectName)
    return start?.name ?? objectName
  })
  const context = {
    storage,
    database,
    contents: createKnownContents(),
    requestOrder: createRequestOrder(),
    knowledge: unusedKnowledge(database),
    models: UNUSED_MODELS,
    reservations: createDirectReservations(database, Date.now),
    checkFreeSpace: createFreeSpaceCheck({ storage, database, now: Date.now }),
    limits: LIMITS,
    downloadSecret: { read: async () => 'none' },
    eventFeed: createEventFeed(database),
    ...UNUSED_PARTS,
    audit: createAudit({ database, log: SILENT, now: Date.now }),
    log: SILENT,
    now: Date.now,
  }
  await createOrganization(context, operatorCaller(null), { id: ORGANIZATION_ID, name: 'Google' })
  const app = createApp({
    context,
    logger: pino({ level: 'silent' }),
    publicUrl: url,
    ...WITHOUT_LIMITS,
  })
  await app.ready()

  return {
    /** Starts a session, and returns its URI. */
    start: async (start: SessionStart): Promise<string> => {
      const uploadId = randomBytes(32).toString('base64url')
      const fileId = createId('file')
      const objectName = `sessions/${fileId}`
      const session = sessionOf(fileId, objectName, start)
      await database.uploadSessions.create(ORGANIZATION_ID, session, hashSecret(uploadId), 10_000)
      started.set(uploadId, { ...start, objectName })
      return `${url()}/upload/storage/v1/b/any/o?uploadType=resumable&upload_id=${uploadId}`
    },

    /** Answers a request. As at Google, only the origin that started the session can read the answers in a browser. */
    answer: async ({ request, response, query }: Exchange): Promise<void> => {
      const start = started.get(query.get('upload_id') ?? '')
      const origin = request.headers.origin ?? null
      if (origin !== null && start?.origin !== origin) return sendError(response, 403, 'another origin')
      request.url = (request.url ?? '').replace(
        /^\/upload\/storage\/v1\/b\/[^/]+\//,
        '/upload/storage/v1/b/waybill/',
      )
      app.routing(request, response)
    },

    /** Creates an object in one request; null when the name exists. */
    write: async (spec: { name: string; contentType: string }, body: Exchange['request']) => {
      const name = `writes/${randomBytes(8).toString('hex')}`
      const written = await memory.write({ ...spec, name, checksums: ['md5'] }, body, Number.MAX_SAFE_INTEGER)
      if (written.kind !== 'object') return null
      const object = {
        metadata: { ...written.object, name: spec.name },
        bytes: await buffer(await memory.read(name)),
      }
      return bucket.add(object) ? object.metadata : null
    },

    close: async () => {
      await app.close()
      await storage.close()
      await database.close()
    },
  }
}

function sessionOf(
  fileId: string,
  objectName: string,
  { sizeBytes, contentType }: SessionStart,
): UploadSession {
  return {
    fileId,
    organizationId: ORGANIZATION_ID,
    objectName,
    filename: 'any',
    sizeBytes,
    reservedBytes: sizeBytes,
    maxSizeBytes: sizeBytes,
    contentType,
    state: { kind: 'open' },
    failure: null,
    protocol: 'google',
    layout: 'sequential',
    registers: 'on-request',
    metadata: null,
    announced: NO_HASHES,
    checksums: ['md5'],
    uploadHandle: null,
    openedBy: null,
    openedByUser: null,
    protocolState: null,
    fileLifetimeMs: null,
    purpose: null,
    sharesBytesOf: null,
    path: '',
    fileMetadata: {},
    createdAtMs: Date.now(),
    expiresAtMs: Date.now() + WEEK_MS,
  }
}

/** Wraps the storage: objects of uploads appear in the bucket unless the name exists. */
function publishing(
  memory: HostedStorage,
  bucket: FixtureBucket,
  nameOf: (objectName: string) => string,
): HostedStorage {
  const published = (object: ObjectMetadata) => ({ ...object, name: nameOf(object.name) })
  return {
    ...memory,
    stat: async (name) => {
      const object = await memory.stat(name)
      if (object === null) return null
      const isThere = bucket.get(nameOf(name))?.metadata.generation === object.generation
      if (isThere) return published(object)
      throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the object of this session was deleted')
    },
    uploads: {
      ...memory.uploads,
      claim: async (spec, expectedBytes) => {
        const writer = await memory.uploads.claim(spec, expectedBytes)
        return (
          writer && {
            ...writer,
            finalize: async (expected) => {
              const finalized = await writer.finalize(expected)
              if (finalized.kind !== 'object') return finalized
              const object = published(finalized.object)
              const bytes = await buffer(await memory.read(spec.name))
              if (bucket.add({ metadata: object, bytes })) return { ...finalized, object }
              await memory.remove(spec.name)
              throw new ServiceError('PRECONDITION_FAILED', 'the object is there')
            },
          }
        )
      },
    },
  }
}
