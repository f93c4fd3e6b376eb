import type { Caller } from '../../domain/access/caller.ts'
import { defineOperation } from '../define-operation.ts'
import { changedApiKey } from './changed-api-key.ts'
import { followRevocation, type RevokedKey, type RevokeKeyInput, type RevokingContext } from './revoke-key.ts'

/**
 * Deletes a key permanently and revokes its sessions and links as `revocation` says. Returns the deleted key and the
 * keys that it created. Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
export const deleteApiKey = defineOperation(
  { action: 'deleteApiKey', kind: 'change', scope: 'admin', targetOf: ({ keyId }) => keyId },
  async (
    context: RevokingContext,
    { organizationId }: Caller,
    { keyId, revocation }: RevokeKeyInput,
  ): Promise<RevokedKey> => {
    const outcome = await context.database.apiKeys.delete(organizationId, keyId, context.now(), revocation)
    return followRevocation(context, changedApiKey(outcome), revocation)
  },
)
