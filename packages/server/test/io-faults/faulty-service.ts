import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { openDatabase } from '../../src/compose/open-database.ts'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createLogger } from '../../src/logger.ts'
import { createAudit } from '../../src/operations/access/audit.ts'
import type { Context } from '../../src/operations/context.ts'
import { createEventFeed } from '../../src/operations/events/event-feed.ts'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { createDirectReservations } from '../../src/operations/files/reserve-uploads.ts'
import { createOrganization } from '../../src/operations/organizations/create-organization.ts'
import { createFreeSpaceCheck } from '../../src/operations/uploads/check-free-space.ts'
import { createRequestOrder } from '../../src/operations/uploads/request-order.ts'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import type { FileSystem } from '../../src/storage/disk/file-system.ts'
import { nodeFileSystem } from '../../src/storage/disk/node-file-system.ts'
import { memoryFolder } from '../memory-folder.ts'
import { unusedKnowledge } from '../unused-knowledge.ts'
import { MODEL_LIMITS, UNUSED_MODELS } from '../unused-models.ts'
import { UNUSED_PARTS } from '../unused-parts.ts'
import { type FaultyDisk, withFaults } from './with-faults.ts'

export interface FaultyService {
  readonly url: string
  readonly context: Context
  readonly organizationId: string
  readonly apiKey: string
  /** Disk of the objects. It fails according to its plan. */
  readonly disk: FaultyDisk
  readonly databasePath: string
  close(): Promise<void>
}

const MAX_FILE_BYTES = 1024 ** 3

/** Starts the complete service in this process, listening on a port, with a disk that fails on demand. */
export async function startFaultyService(fs: FileSystem = nodeFileSystem): Promise<FaultyService> {
  const folder = await mkdtemp(join(await memoryFolder(), 'waybill-io-faults-'))
  const databasePath = join(folder, 'waybill.db')
  const database = await openDatabase({ kind: 'sqlite', path: databasePath })
  const disk = withFaults(fs)
  const budget = { heldBytes: 0, limitBytes: 1024 * 1024 }
  const storage = await openDiskStorage(join(folder, 'objects'), budget, { fs: disk.fs })
  const context: Context = {
    storage,
    database,
    contents: createKnownContents(),
    requestOrder: createRequestOrder(),
    knowledge: unusedKnowledge(database),
    models: UNUSED_MODELS,
    reservations: createDirectReservations(database, Date.now),
    checkFreeSpace: createFreeSpaceCheck({ storage, database, now: Date.now }),
    limits: {
      maxFileBytes: MAX_FILE_BYTES,
      directUploadMaxBytes: MAX_FILE_BYTES,
      openaiFileMaxBytes: MAX_FILE_BYTES,
      indexWaitMs: 0,
      allowedContentTypes: null,
      uploadSessionMs: 24 * 60 * 60 * 1000,
      uploadChecksums: [],
      maxOpenSessions: 10_000,
      createsBuckets: true,
      hasMd5Etags: true,
      models: MODEL_LIMITS,
    },
    downloadSecret: { read: async () => 'secret' },
    eventFeed: createEventFeed(database),
    ...UNUSED_PARTS,
    audit: createAudit({ database, log: { warn: () => {} }, now: Date.now }),
    log: { warn: () => {} },
    now: Date.now,
  }
  let url = ''
  const app = createApp({
    context,
    logger: await createLogger('silent'),
    publicUrl: () => url,
    trustedProxies: null,
    idleMs: 60_000,
    corsOrigins: [],
    diversion: null,
    interopVersions: [8],
    observers: [],
    requestsPerMinute: 0,
    sharedCounts: null,
    maxConnectionsPerAddress: null,
  })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const input = { id: 'org_faults', name: 'Faults' }
  const { organization, apiKey } = await createOrganization(context, operatorCaller(null), input)
  return {
    url,
    context,
    organizationId: organization.id,
    apiKey: apiKey.secret,
    disk,
    databasePath,
    close: async () => {
      await storage.close()
      await database.close()
      app.server.closeAllConnections()
      await app.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
