import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const KEY_ACCOUNT = 'waybill@project.iam.gserviceaccount.com'

export interface KeyFile {
  /** Value of GOOGLE_APPLICATION_CREDENTIALS. */
  readonly path: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  remove(): Promise<void>
}

/** Creates a key file of a service account, as Google's console does. */
export async function createKeyFile(): Promise<KeyFile> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = await mkdtemp(join(tmpdir(), 'waybill-key-'))
  const path = join(folder, 'key.json')
  const content = {
    type: 'service_account',
    project_id: 'project',
    private_key_id: 'a-key',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: KEY_ACCOUNT,
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.com/token',
  }
  await writeFile(path, JSON.stringify(content), { mode: 0o600 })
  return { path, publicKey, privateKey, remove: () => rm(folder, { recursive: true, force: true }) }
}
