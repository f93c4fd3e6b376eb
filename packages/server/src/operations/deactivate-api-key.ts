import type { Revocation } from '../domain/api-key.ts'
import { changedApiKey } from './changed-api-key.ts'
import { followRevocation, type RevokedKey, type RevokingContext } from './revoke-key.ts'

/**
 * Deactivates a key, with the sessions and links that `revocation` names: what is made after the key is activated again is
 * not among them. Answers with the key as it is afterwards, and the keys that it created.
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
