import type { Caller } from '../../domain/access/caller.ts'
import { createAccessKeyId, type S3Credentials } from '../../domain/access/s3-credentials.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/**
 * Issues S3 credentials of a key, which permit what the key permits. Earlier ones of the key end.
 * Throws API_KEY_NOT_FOUND, and INVALID_REQUEST when the installation has no S3 interface.
 */
export const createS3Credentials = defineOperation(
  { action: 'createS3Credentials', kind: 'change', scope: 'admin', targetOf: (keyId) => keyId },
  async (
    { database, s3Secrets }: Pick<Context, 'database' | 's3Secrets'>,
    { organizationId }: Caller,
    keyId: string,
  ): Promise<S3Credentials> => {
    const key = await database.apiKeys.find(organizationId, keyId)
    if (key === null) throw keyNotFound()
    if (s3Secrets === null) {
      throw new ServiceError('INVALID_REQUEST', 'the operator has not enabled S3 with S3_LISTEN or S3_HOST')
    }
    const accessKeyId = createAccessKeyId()
    const changed = await database.apiKeys.setS3AccessKeyId(organizationId, keyId, accessKeyId)
    if (changed === null) throw keyNotFound()
    return { accessKeyId, secretAccessKey: s3Secrets(accessKeyId) }
  },
)

function keyNotFound(): ServiceError {
  return new ServiceError('API_KEY_NOT_FOUND', 'there is no such key')
}
