import type { Caller } from '../../domain/access/caller.ts'
import { defineOperation } from '../define-operation.ts'
import { changedApiKey } from './changed-api-key.ts'
import { followRevocation, type RevokedKey, type RevokeKeyInput, type RevokingContext } from './revoke-key.ts'

/**
 * Deactivates a key and revokes its sessions and links as `revocation` says. Sessions and links that the key creates
 * after a later activation stay valid. Returns the changed key and the keys that it created.
 * Throws API_KEY_NOT_FOUND, LAST_ADMIN_KEY.
 */
export const deactivateApiKey = defineOperation(
  { action: 'deactivateApiKey', kind: 'change', scope: 'admin', targetOf: ({ keyId }) => keyId },
  async (
    context: RevokingContext,
    { organizationId }: Caller,
    { keyId, revocation }: RevokeKeyInput,
  ): Promise<RevokedKey> => {
    const { apiKeys } = context.database
    const outcome = await apiKeys.setState(organizationId, keyId, 'deactivate', context.now(), revocation)
    return followRevocation(context, changedApiKey(outcome), revocation)
  },
)
