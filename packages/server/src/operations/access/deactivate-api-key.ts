import type { Revocation } from '../../domain/access/api-key.ts'
import { changedApiKey } from './changed-api-key.ts'
import { followRevocation, type RevokedKey, type RevokingContext } from './revoke-key.ts'

/**
 * Deactivates a key and revokes its sessions and links as `revocation` says; those created after a later activation
 * are not revoked. Returns the changed key and the keys that it created.
 * Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
export async function deactivateApiKey(
  context: RevokingContext,
  organizationId: string,
  keyId: string,
  revocation: Revocation,
): Promise<RevokedKey> {
  const { apiKeys } = context.database
  const outcome = await apiKeys.setState(organizationId, keyId, 'deactivate', context.now(), revocation)
  return followRevocation(context, changedApiKey(outcome), revocation)
}
