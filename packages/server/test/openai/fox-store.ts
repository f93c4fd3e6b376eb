import { eventually } from '../clients/eventually.ts'
import { startScriptedModelServer } from '../models/scripted-model-server.ts'
import { startApp } from '../start-app.ts'
import { sendOk, uploadText } from './exchange.ts'

/** Text of the file in the store. */
export const FOX = 'The fox sleeps in its den.'

/** Service in front of a scripted model server, with a vector store that has one indexed file. */
export type FoxStore = Awaited<ReturnType<typeof startFoxStore>>

export async function startFoxStore(env: Readonly<Record<string, string>> = {}) {
  const models = await startScriptedModelServer()
  const server = await startApp({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny', ...env } })
  const fileId = await uploadText(server, FOX, 'fox.txt')
  const body = { file_ids: [fileId] }
  const { id: storeId } = await sendOk<{ id: string }>(server, 'POST', '/vector_stores', { body })
  await eventually('the file is indexed', async () => {
    const { status } = await sendOk<{ status: string }>(server, 'GET', `/vector_stores/${storeId}`)
    return status === 'completed'
  })
  return {
    server,
    models,
    fileId,
    storeId,
    /** Options with which a client reaches the service. */
    options: { apiKey: server.apiKey, baseURL: `${server.url}/v1` },
    /** Returns the messages of the newest call of the model, as JSON. */
    messages: () => JSON.stringify(models.requests.at(-1)?.body.messages),
    stop: async () => {
      await server.stop()
      await models.stop()
    },
  }
}
