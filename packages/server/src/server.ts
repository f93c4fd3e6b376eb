import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import type { Config, DatabaseChoice, StorageChoice } from './config.ts'
import type { Database } from './database/database.ts'
import { openSqliteDatabase } from './database/sqlite/sqlite-database.ts'
import type { Context } from './operations/context.ts'
import { openDiskStorage } from './storage/disk/disk-storage.ts'
import { createMemoryStorage } from './storage/memory/memory-storage.ts'
import type { ObjectStorage } from './storage/storage.ts'

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string
  readonly context: Context
  /** Takes no new work, makes what running uploads have sent durable, and lets go of everything. */
  close(): Promise<void>
}

/** The body bytes that all uploads hold in memory together. */
const BODY_BUDGET_BYTES = 64 * 1024 * 1024

/** Answers that are still on their way when the server closes get this long, downloads among them. */
const SLOWEST_ANSWER_MS = 10_000

/** The composition root: picks the storage and the database, builds the app on them and listens. */
export async function startServer(config: Config, logger: Logger): Promise<Server> {
  const database = await openDatabase(config.database)
  const storage = await openStorage(config.storage)
  const context: Context = {
    storage,
    database,
    limits: { maxFileBytes: config.maxFileBytes, uploadSessionMs: config.uploadSessionMs },
    downloadSecret: await database.installation.secret('download', randomBytes(32).toString('base64url')),
    log: logger,
    now: Date.now,
  }
  let url = ''
  const app = createApp({
    context,
    logger,
    publicUrl: () => config.publicUrl ?? url,
    uploadIdleMs: config.uploadIdleMs,
    corsOrigins: config.corsOrigins,
  })
  await app.listen({ host: config.host, port: config.port })
  url = urlOf(app.server.address() as AddressInfo)

  const close = async () => {
    const closing = app.close()
    // Running uploads would hold the app open until their clients are done; their bytes are kept instead.
    await storage.close()
    const cutting = setTimeout(() => app.server.closeAllConnections(), SLOWEST_ANSWER_MS)
    await closing
    clearTimeout(cutting)
    await database.close()
  }
  return { url, context, close }
}

/** Opens the database alone, for the operator's commands beside a running server. */
export async function openDatabase({ path }: DatabaseChoice): Promise<Database> {
  if (path !== ':memory:') await mkdir(dirname(path), { recursive: true })
  return openSqliteDatabase(path)
}

async function openStorage(choice: StorageChoice): Promise<ObjectStorage> {
  const budget = { heldBytes: 0, limitBytes: BODY_BUDGET_BYTES }
  return choice.kind === 'memory' ? createMemoryStorage(budget) : openDiskStorage(choice.directory, budget)
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
