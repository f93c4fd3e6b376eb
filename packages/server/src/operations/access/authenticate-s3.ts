import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { admitKey } from './authenticate.ts'

/** Request that claims to be signed with S3 credentials. */
export interface S3Proof<Refusal> {
  readonly accessKeyId: string
  /** Verifies the signature with the secret. Returns the refusal; null when the signature is right. */
  verify(secretAccessKey: () => string): Refusal | null
}

/**
 * Returns the caller whose key has these S3 credentials, or the refusal of its signature. The state of the key is
 * checked after the signature, so that only its owner learns it. Calls `onKnown` with the caller before that check.
 * Throws INVALID_API_KEY for an unknown id, and the errors of `admitKey`.
 */
export async function authenticateS3<Refusal>(
  context: Pick<Context, 'database' | 's3Secrets' | 'log' | 'now'>,
  { accessKeyId, verify }: S3Proof<Refusal>,
  request: RequestFacts,
  onKnown: (caller: Caller) => void,
): Promise<{ readonly caller: Caller } | { readonly refusal: Refusal }> {
  const { database, s3Secrets } = context
  const key = await database.credentials.findApiKeyOfS3(accessKeyId)
  if (key === null || s3Secrets === null) {
    throw new ServiceError('INVALID_API_KEY', 'no key has these S3 credentials')
  }
  const refusal = verify(() => s3Secrets(accessKeyId))
  if (refusal !== null) return { refusal }
  return { caller: await admitKey(context, key, request, onKnown) }
}
