import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readConfig } from '../../src/config.ts'
import { signDownload } from '../../src/domain/download-token.ts'
import type { UploadSession } from '../../src/domain/upload-session.ts'
import { downloadUrl } from '../../src/routes/urls.ts'
import { openDatabase } from '../../src/server.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { BUCKET } from './exchange.ts'
import { type GoogleFixture, startGoogleFixture } from './google-fixture.ts'
import { createKeyFile } from './key-file.ts'

export const PREFIX = 'waybill/test/'

export interface GoogleServer {
  readonly google: GoogleFixture
  readonly server: TestServer
  /** For other processes of the same installation. */
  readonly env: Record<string, string>
  /** A download URL of this service, as it gives where the bytes come through it. */
  ownDownloadUrl(fileId: string): string
  stop(): Promise<void>
}

/** The real process, with its objects at the fixture of Google. */
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
    ownDownloadUrl: (fileId) => {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + 3600
      const grant = { organizationId: server.organizationId, fileId, expiresAtSeconds }
      const token = signDownload(downloadSecretOf(server.dataDir), grant)
      return downloadUrl(server.url, { ...grant, token })
    },
    stop: async () => {
      await server.stop()
      await google.close()
      await key.remove()
    },
  }
}

/** An upload as the records keep it. */
export async function keptUpload(
  { server, env }: GoogleServer,
  fileId: string,
): Promise<UploadSession | null> {
  const settings = { ...env, ...databaseOf(server.dataDir).environment, DATA_DIR: server.dataDir }
  const database = await openDatabase(readConfig(settings).database)
  try {
    return await database.uploadSessions.findByFileId(server.organizationId, fileId)
  } finally {
    await database.close()
  }
}

function downloadSecretOf(dataDir: string): string {
  const database = new DatabaseSync(join(dataDir, 'waybill.db'), { readOnly: true })
  const row = database.prepare("SELECT value FROM installation_secrets WHERE name = 'download'").get()
  database.close()
  return String(row?.value)
}
