import type { CredentialRecords } from '../database.ts'
import { toApiKey, toUploadSession } from './rows.ts'
import type { Statements } from './statements.ts'

/** Look-ups by the hash of a secret, the same on both databases. */
export function createCredentialStatements({ get }: Statements): CredentialRecords {
  return {
    findApiKey: async (secretSha256) => {
      const row = await get('SELECT * FROM api_keys WHERE secret_sha256 = $secretSha256', { secretSha256 })
      return row && toApiKey(row)
    },

    findUploadSession: async (uploadIdSha256) => {
      const row = await get('SELECT * FROM upload_sessions WHERE upload_id_sha256 = $uploadIdSha256', {
        uploadIdSha256,
      })
      return row && toUploadSession(row)
    },
  }
}
