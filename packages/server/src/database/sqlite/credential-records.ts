import type { CredentialRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { toApiKey, toUploadSession } from './rows.ts'

export function createCredentialRecords({ get, read }: Connection): CredentialRecords {
  return {
    findApiKey: (secretSha256) =>
      read(() => {
        const row = get('SELECT * FROM api_keys WHERE secret_sha256 = $secretSha256', { secretSha256 })
        return row && toApiKey(row)
      }),

    findUploadSession: (uploadIdSha256) =>
      read(() => {
        const sql = 'SELECT * FROM upload_sessions WHERE upload_id_sha256 = $uploadIdSha256'
        const row = get(sql, { uploadIdSha256 })
        return row && toUploadSession(row)
      }),
  }
}
