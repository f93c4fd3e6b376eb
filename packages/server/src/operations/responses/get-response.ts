import type { Caller } from '../../domain/access/caller.ts'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Returns a stored response. Throws RESPONSE_NOT_FOUND. */
export const getResponse = defineOperation(
  { action: 'getResponse', kind: 'read', scope: 'models:use' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    responseId: string,
  ): Promise<ModelResponse> => {
    const response = await database.responses.find(organizationId, responseId, now())
    if (response === null) throw responseNotFound()
    return response
  },
)

export function responseNotFound(): ServiceError {
  return new ServiceError('RESPONSE_NOT_FOUND', 'there is no such response')
}
