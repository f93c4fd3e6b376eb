import { openDatabase } from '../../src/compose/open-database.ts'
import { readConfig } from '../../src/config.ts'
import type { Database } from '../../src/database/database.ts'
import { signDownload } from '../../src/domain/access/download-token.ts'
import type { UploadSession } from '../../src/domain/uploads/upload-session.ts'
import { downloadUrl } from '../../src/protocols/urls.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { BUCKET } from './exchange.ts'
import { type GoogleFixture, startGoogleFixture } from './google-fixture.ts'
import { createKeyFile } from './key-file.ts'

export const PREFIX = 'waybill/test/'

export interface GoogleServer {
  readonly google: GoogleFixture
  readonly server: TestServer
  /** Environment variables for other processes of the same installation. */
  readonly env: Record<string, string>
  stop(): Promise<void>
}

/** Starts the real process with its objects at the fixture of Google. */
export async function startGoogleServer(settings: Record<string, string> = {}): Promise<GoogleServer> {
  const key = await createKeyFile()
  const google = await startGoogleFixture(key)
  const env = {
    STORAGE_URL: `gs://${BUCKET}/${PREFIX}`,
    STORAGE_EMULATOR_HOST: new URL(google.url).host,
    GOOGLE_APPLICATION_CREDENTIALS: key.path,
    ...settings,
  }
  const server = await startServer({ env })
  return {
    google,
    server,
    env,
    stop: async () => {
      await server.stop()
      await google.close()
      await key.remove()
    },
  }
}

/** Reads an upload session from the database. */
export function keptUpload(all: GoogleServer, fileId: string): Promise<UploadSession | null> {
  return withDatabase(all, ({ uploadSessions }) =>
    uploadSessions.findByFileId(all.server.organizationId, fileId),
  )
}

/** Creates a download URL of this service, as it issues for hosted bytes. */
export async function ownDownloadUrl(all: GoogleServer, fileId: string): Promise<string> {
  const { organizationId, url } = all.server
  const secret = await withDatabase(all, ({ installation }) => installation.secret('download', 'none'))
  const grant = { organizationId, fileId, expiresAtSeconds: Math.floor(Date.now() / 1000) + 3600 }
  return downloadUrl(url, { ...grant, token: signDownload(secret, grant, null) })
}

async function withDatabase<T>(
  { server, env }: GoogleServer,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const settings = { ...env, ...databaseOf(server.dataDir).environment, DATA_DIR: server.dataDir }
  const database = await openDatabase(readConfig(settings).database)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
