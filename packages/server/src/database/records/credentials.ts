import type { ApiKey } from '../../domain/access/api-key.ts'
import type { ShareLink } from '../../domain/files/share-link.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'

/** Look-ups by the hash of a secret, or by the id of credentials whose secret the caller verifies, in all organizations. */
export interface CredentialRecords {
  findApiKey(secretSha256: string): Promise<ApiKeyCredential | null>
  /** Returns the key that has these S3 credentials. */
  findApiKeyOfS3(accessKeyId: string): Promise<ApiKeyCredential | null>
  findUploadSession(uploadIdSha256: string): Promise<UploadCredential | null>
  /** Returns a share link, also an expired or used-up one. */
  findShareLink(secretSha256: string): Promise<ShareLinkCredential | null>
  /** Returns the rules for download links of the organization and the key; the id is null for links without a key. */
  findLinkRules(organizationId: string, apiKeyId: string | null): Promise<LinkRules | null>
}

export interface ApiKeyCredential extends ApiKey {
  /** False when the operator has suspended the organization. */
  readonly isOrganizationActive: boolean
}

export interface UploadCredential extends UploadSession {
  readonly isOrganizationActive: boolean
  /** True when the session was revoked with the key that opened it, and will be cancelled. */
  readonly isRevoked: boolean
}

export interface LinkRules {
  readonly isOrganizationActive: boolean
  /** Lower bound of valid generations: links of the key with a smaller one are revoked. */
  readonly revokedBelow: number
}

export interface ShareLinkCredential extends ShareLink {
  readonly isOrganizationActive: boolean
  /** True when the link was revoked with the key that created it. */
  readonly isRevoked: boolean
}
