import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createClient } from '../api/client.ts'
import { assertError } from '../api/envelope.ts'
import { json } from '../api/exchange.ts'
import { indexText } from '../api/vector-store-bodies.ts'
import { type ScriptedModelServer, startScriptedModelServer } from '../models/scripted-model-server.ts'
import { assertError as assertOpenaiError, send, sendOk } from '../openai/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type FixtureProvider, startFixtureProvider } from './fixture-provider.ts'
import { type MemberObject, memberToken, meOf, userOf } from './sign-in.ts'

interface ResponseObject {
  readonly output: readonly { readonly results?: readonly { readonly text: string }[] | null }[]
}

const OPEN = 'The fox of everybody sleeps in its den.'
const SALES = 'The fox of the sales department sleeps in the office.'
const OWN = 'The fox of Grace sleeps in the garden.'
const QUESTION = 'Where does the fox sleep?'

/** Returns the texts of the files that the searches of a response found. */
const foundIn = ({ output }: ResponseObject) =>
  output.flatMap(({ results }) => results?.map(({ text }) => text) ?? []).toSorted()

describe('searches in responses of users', () => {
  let app: TestApp
  let provider: FixtureProvider
  let models: ScriptedModelServer
  const tokens = new Map<string, string>()
  const stores = new Map<string, string>()
  before(async () => {
    models = await startScriptedModelServer()
    provider = await startFixtureProvider()
    app = await startApp({ env: { ...provider.env, MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    for (const [name, departments] of [
      ['ada', ['Management']],
      ['grace', ['Support']],
      ['sam', ['Sales', 'Support']],
      ['carol', []],
    ] as const)
      tokens.set(name, await memberToken(app, provider, name, { departments }))
    const graceId = (await meOf(app, tokenOf('grace'))).user?.id
    await createStoreOf('open', OPEN, {})
    await createStoreOf('sales', SALES, { access_mode: 'department', access_departments: ['Sales'] })
    await createStoreOf('own', OWN, { access_mode: 'private', access_users: [graceId] })
  })
  after(async () => {
    await app.stop()
    await provider.stop()
    await models.stop()
  })
  const tokenOf = (name: string) => tokens.get(name) ?? assert.fail(name)
  const storeOf = (name: string) => stores.get(name) ?? assert.fail(name)
  const createStoreOf = async (name: string, text: string, access: object) => {
    const answer = await userOf(app, tokenOf('ada'))('POST', '/vector-stores', { name, ...access })
    const { id } = json<{ data: { id: string } }>(answer).data
    // A key with the scope `admin` sees all stores.
    await indexText(createClient(app), id, text)
    stores.set(name, id)
  }
  const askAll = (name: string) =>
    userOf(app, tokenOf(name))('POST', '/v1/model/response', {
      inputs: [{ role: 'user', content: QUESTION }],
      tools: [{ type: 'file_search', mode: 'on' }],
      include: ['file_search.results'],
    })
  const bodyFor = (...names: readonly string[]) => ({
    input: QUESTION,
    tools: [{ type: 'file_search', vector_store_ids: names.map(storeOf) }],
    tool_choice: { type: 'file_search' },
    include: ['file_search_call.results'],
  })
  const seenByModel = () => {
    const messages = JSON.stringify(models.requests.at(-1)?.body.messages)
    return [OPEN, SALES, OWN].filter((text) => messages.includes(text)).toSorted()
  }

  const seen: Readonly<Record<string, readonly string[]>> = {
    ada: [OPEN, OWN, SALES],
    grace: [OPEN, OWN],
    sam: [OPEN, SALES],
    carol: [OPEN],
  }
  for (const [name, texts] of Object.entries(seen)) {
    it(`find nothing for ${name} in stores that the user may not read`, async () => {
      const answer = await askAll(name)
      assert.equal(answer.status, 200, answer.bytes.toString())
      assert.deepEqual(foundIn(json<ResponseObject>(answer)), texts.toSorted())
      assert.deepEqual(seenByModel(), texts.toSorted())
    })
  }

  it('are refused in a named store that the user may not read, like in one that does not exist', async () => {
    const refused = { code: null, param: 'tools[0].vector_store_ids[1]' }
    for (const [name, store] of [
      ['grace', 'sales'],
      ['sam', 'own'],
      ['carol', 'sales'],
    ] as const) {
      const asked = models.requests.length
      const apiKey = tokenOf(name)
      const answer = await send(app, 'POST', '/responses', { body: bodyFor('open', store), apiKey })
      assertOpenaiError(answer, 404, refused)
      assert.equal(models.requests.length, asked, 'no model is asked')
      const tools = [{ type: 'file_search', mode: 'on', vector_store_ids: [storeOf(store)] }]
      const inputs = [{ role: 'user', content: QUESTION }]
      const other = await userOf(app, apiKey)('POST', '/v1/model/response', { inputs, tools })
      assertError(other, 404, 'VECTOR_STORE_NOT_FOUND')
    }
    const body = bodyFor('open', 'sales')
    const found = await sendOk<ResponseObject>(app, 'POST', '/responses', { body, apiKey: tokenOf('sam') })
    assert.deepEqual(foundIn(found), [OPEN, SALES])
  })

  it('find nothing of a department any more that the user has left', async () => {
    const token = await memberToken(app, provider, 'dave', { departments: ['Sales'] })
    tokens.set('dave', token)
    assert.deepEqual(foundIn(json<ResponseObject>(await askAll('dave'))), [OPEN, SALES])
    const client = createClient(app)
    const { members } = json<{ members: MemberObject[] }>(await client.get('/members?limit=100'))
    const { id } = members.find(({ email }) => email === 'dave@example.com') ?? assert.fail()
    assert.equal((await client.send('PATCH', `/members/${id}`, { body: { departments: [] } })).status, 200)
    assert.deepEqual(foundIn(json<ResponseObject>(await askAll('dave'))), [OPEN])
    const body = bodyFor('sales')
    assertOpenaiError(await send(app, 'POST', '/responses', { body, apiKey: token }), 404)
  })
})
