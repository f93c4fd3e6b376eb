import type { ModelsChoice } from '@waybill/server/config.ts'
import { createModelServer } from '@waybill/server/models/openai-model-server.ts'
import { type CheckResult, failed, ok } from './finding.ts'
import { reasonOf } from './run-checks.ts'

const MAX_MS = 30_000

/** Lists the models of all model servers, and looks for the default model among them. Asks no model. */
export async function checkModels(models: ModelsChoice): Promise<CheckResult[]> {
  const { defaultModel } = models
  const client = createModelServer({ ...models, timeoutMs: MAX_MS })
  try {
    const names = (await client.listModels(AbortSignal.timeout(MAX_MS))).map(({ id }) => id)
    if (defaultModel !== null && !names.includes(defaultModel)) {
      const problem = `No model server lists the model ${defaultModel} of CHAT_MODEL. Its requests may fail.`
      return [failed('chat-model-unknown', problem)]
    }
    return [ok(`${models.servers.length} model servers list ${names.length} models.`)]
  } catch (error) {
    const problem = `${reasonOf(error)}. No request can use a model. Check MODEL_SERVER_URL, MODEL_SERVER_API_KEY and MODEL_SERVERS.`
    return [failed('models-unusable', problem)]
  }
}
