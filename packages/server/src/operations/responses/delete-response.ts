import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { responseNotFound } from './get-response.ts'

/** Deletes a stored response. Throws RESPONSE_NOT_FOUND. */
export const deleteResponse = defineOperation(
  { action: 'deleteResponse', kind: 'change', scope: 'models:use', targetOf: (responseId) => responseId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    responseId: string,
  ): Promise<void> => {
    if (!(await database.responses.delete(organizationId, responseId))) throw responseNotFound()
  },
)
