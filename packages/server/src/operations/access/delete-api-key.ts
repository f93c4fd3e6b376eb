import type { Revocation } from '../../domain/access/api-key.ts'
import { changedApiKey } from './changed-api-key.ts'
import { followRevocation, type RevokedKey, type RevokingContext } from './revoke-key.ts'

/**
 * Deletes a key permanently and revokes its sessions and links as `revocation` says. Returns the deleted key and the
 * keys that it created. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
export async function deleteApiKey(
  context: RevokingContext,
  organizationId: string,
  keyId: string,
  revocation: Revocation,
): Promise<RevokedKey> {
  const outcome = await context.database.apiKeys.delete(organizationId, keyId, context.now(), revocation)
  return followRevocation(context, changedApiKey(outcome), revocation)
}
