import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Ends the S3 credentials of a key. Idempotent. Throws API_KEY_NOT_FOUND. */
export const deleteS3Credentials = defineOperation(
  { action: 'deleteS3Credentials', kind: 'change', scope: 'admin', targetOf: (keyId) => keyId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    keyId: string,
  ): Promise<void> => {
    const key = await database.apiKeys.setS3AccessKeyId(organizationId, keyId, null)
    if (key === null) throw new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
  },
)
