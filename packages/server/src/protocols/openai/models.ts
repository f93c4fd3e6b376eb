import type { Model } from '../../models/model-server.ts'
import { getModel, listModels } from '../../operations/models/list-models.ts'
import { callerOf } from '../http/authenticated.ts'
import { type Endpoint, endpoint } from '../http/endpoint.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { OPENAI_URLS } from '../urls.ts'
import { Seconds } from './store-schemas.ts'

const ModelObject = object({
  id: { type: 'string' },
  object: { type: 'string', enum: ['model'] },
  created: Seconds,
  owned_by: { type: 'string' },
})
type ModelObject = TypeOf<typeof ModelObject>

const list = endpoint(
  {
    operation: listModels,
    method: 'GET',
    path: OPENAI_URLS.models,
    tag: 'Models',
    summary: 'List the models',
    description: 'The models of all model servers; cached for a minute.',
    responses: {
      200: {
        description: 'The models.',
        body: object({
          object: { type: 'string', enum: ['list'] },
          data: { type: 'array', items: ModelObject },
        }),
      },
    },
    errors: ['MODEL_SERVER_ERROR', 'MODEL_SERVER_TIMEOUT'],
  },
  ({ context }) =>
    async (request) => {
      const models = await listModels(context, callerOf(request))
      return { object: 'list' as const, data: models.map(toModelObject) }
    },
)

const get = endpoint(
  {
    operation: getModel,
    method: 'GET',
    path: OPENAI_URLS.model,
    tag: 'Models',
    summary: 'Get a model',
    description: 'Slashes in its name may be encoded or not.',
    params: object({ model: { type: 'string', description: 'The name of the model.' } }),
    responses: { 200: { description: 'The model.', body: ModelObject } },
    errors: ['MODEL_NOT_FOUND', 'MODEL_SERVER_ERROR', 'MODEL_SERVER_TIMEOUT'],
  },
  ({ context }) =>
    async (request) => {
      const { model, '*': rest = '' } = request.params as { readonly model?: string; readonly '*'?: string }
      return toModelObject(await getModel(context, callerOf(request), model ?? rest))
    },
)

function toModelObject({ id, createdAtSeconds, ownedBy }: Model): ModelObject {
  return { id, object: 'model', created: createdAtSeconds, owned_by: ownedBy }
}

export const OPENAI_MODELS = [list, get]

/** Endpoint of a model whose name has slashes: a parameter of a path has none. The document has it once. */
export const OPENAI_MODEL_WITH_SLASHES: Endpoint = { ...get, path: `${OPENAI_URLS.models}/*` }
