import type { CredentialRecords } from '../records/credentials.ts'
import { type Row, toApiKey, toShareLink, toUploadSession } from './rows.ts'
import { REVOKED_LINKS } from './share-link-statements.ts'
import type { Statements } from './statements.ts'

const FIND_KEYS = `SELECT api_keys.*, organizations.state AS organization_state
  FROM api_keys JOIN organizations ON organizations.id = api_keys.organization_id`

const FIND_API_KEY = `${FIND_KEYS} WHERE api_keys.secret_sha256 = $secretSha256`

const FIND_API_KEY_OF_S3 = `${FIND_KEYS} WHERE api_keys.s3_access_key_id = $accessKeyId`

const FIND_UPLOAD_SESSION = `SELECT upload_sessions.*, organizations.state AS organization_state,
    key_revocations.sessions_below
  FROM upload_sessions JOIN organizations ON organizations.id = upload_sessions.organization_id
  LEFT JOIN key_revocations ON key_revocations.api_key_id = upload_sessions.api_key_id
  WHERE upload_sessions.upload_id_sha256 = $uploadIdSha256`

const FIND_LINK_RULES = `SELECT organizations.state AS organization_state, key_revocations.links_below
  FROM organizations LEFT JOIN key_revocations
    ON key_revocations.organization_id = organizations.id AND key_revocations.api_key_id = $apiKeyId
  WHERE organizations.id = $organizationId`

const FIND_SHARE_LINK = `SELECT share_links.*, organizations.state AS organization_state, key_revocations.links_below
  FROM share_links JOIN organizations ON organizations.id = share_links.organization_id
  LEFT JOIN key_revocations ON ${REVOKED_LINKS}
  WHERE share_links.secret_sha256 = $secretSha256`

const isOrganizationActive = (row: Row) => row.organization_state === 'active'

/** Look-ups of `CredentialRecords`, equal on both databases. */
export function createCredentialStatements({ get }: Statements): CredentialRecords {
  return {
    findApiKey: async (secretSha256) => {
      const row = await get(FIND_API_KEY, { secretSha256 })
      return row && { ...toApiKey(row), isOrganizationActive: isOrganizationActive(row) }
    },

    findApiKeyOfS3: async (accessKeyId) => {
      const row = await get(FIND_API_KEY_OF_S3, { accessKeyId })
      return row && { ...toApiKey(row), isOrganizationActive: isOrganizationActive(row) }
    },

    findUploadSession: async (uploadIdSha256) => {
      const row = await get(FIND_UPLOAD_SESSION, { uploadIdSha256 })
      if (row === null) return null
      const session = toUploadSession(row)
      const isRevoked = (session.openedBy?.generation ?? 0) < Number(row.sessions_below ?? 0)
      return { ...session, isOrganizationActive: isOrganizationActive(row), isRevoked }
    },

    findShareLink: async (secretSha256) => {
      const row = await get(FIND_SHARE_LINK, { secretSha256 })
      if (row === null) return null
      const isRevoked = row.links_below !== null
      return { ...toShareLink(row), isOrganizationActive: isOrganizationActive(row), isRevoked }
    },

    findLinkRules: async (organizationId, apiKeyId) => {
      const row = await get(FIND_LINK_RULES, { organizationId, apiKeyId })
      return (
        row && {
          isOrganizationActive: isOrganizationActive(row),
          revokedBelow: Number(row.links_below ?? 0),
        }
      )
    },
  }
}
