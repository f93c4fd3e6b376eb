import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Model } from '../../models/model-server.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

type ModelsContext = Pick<Context, 'models'>

/** Signal that never aborts: callers share a list, so that none of them may cancel its call. */
const NEVER = new AbortController().signal

/** Returns the models of all model servers; none when no server is configured. Throws what `ModelServer` throws. */
export const listModels = defineOperation(
  { action: 'listModels', kind: 'read', scope: 'models:use' },
  ({ models }: ModelsContext, _caller: Caller, _input: NoInput): Promise<readonly Model[]> =>
    models.listModels(NEVER),
)

/** Returns the model with this name. Throws MODEL_NOT_FOUND, and what `ModelServer` throws. */
export const getModel = defineOperation(
  { action: 'getModel', kind: 'read', scope: 'models:use' },
  async ({ models }: ModelsContext, _caller: Caller, name: string): Promise<Model> => {
    const model = await models.findModel(name, NEVER)
    if (model === null) throw new ServiceError('MODEL_NOT_FOUND', `the model '${name}' does not exist`)
    return model
  },
)
