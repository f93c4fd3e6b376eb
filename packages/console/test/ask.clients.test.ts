import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { Waybill } from '@waybill/sdk'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import {
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../../server/test/models/scripted-model-server.ts'
import { answerOf, unfinishedOf } from '../../server/test/responses/replies.ts'
import { startServer } from '../../server/test/start-server.ts'
import { faultsOf } from './axe-faults.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { signIn } from './sign-in.ts'

const POLL_MS = 50
/** Lines of a text in which one is to be found. */
const LINES = Array.from({ length: 900 }, (_, line) => `Line ${line} tells of the weather at the weir.`)
const LOG = LINES.toSpliced(700, 0, 'On this day an osprey built her nest on the crane.').join('\n')
/** Seconds that the console does not wait for. */
const LONG_WAIT = '600'

describe('questions in the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let models: ScriptedModelServer
  let storeId: string
  let page: Page
  const dialog = () => page.getByRole('dialog')
  const question = () => page.getByLabel('Question')
  const turn = (text: string) =>
    page.getByRole('list', { name: 'Conversation' }).getByRole('listitem').filter({ hasText: text })
  const ask = async (text: string) => {
    await question().fill(text)
    await question().press('Enter')
  }
  /** The list of the models has its reply: the next one is for a question. */
  const modelsAreListed = () => page.getByLabel('Model').waitFor()
  const asked = () => models.requests.filter(({ path }) => path.endsWith('/chat/completions'))

  before(async () => {
    models = await startScriptedModelServer()
    tested = await openConsole({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    const { files, vectorStores } = tested.waybill
    const file = await files.upload(Buffer.from(LOG), { filename: 'weather.txt', mimeType: 'text/plain' })
    storeId = (await vectorStores.create({ name: 'Diaries' })).id
    await vectorStores.files.addAndWait(storeId, file.id, { pollMs: POLL_MS })
  })
  after(async () => {
    await tested.close()
    await models.stop()
    assert.deepEqual(tested.complaints, [])
  })
  beforeEach(async () => {
    page = await tested.signedIn({ bypassCSP: true })
    await page.goto(`${tested.server.url}/console/ask?store=${storeId}`)
    await modelsAreListed()
  })
  afterEach(() => page.context().close())

  it('are answered with sources that open the document at the place, and are followed by others', async () => {
    await page.getByRole('link', { name: 'Diaries' }).click()
    await page.getByRole('link', { name: 'Ask' }).click()
    await modelsAreListed()
    models.play(answerOf('She built it ', 'on the crane 【1】.'), answerOf('In spring.'))
    await ask('Where did the osprey build?')
    await page.getByRole('status').getByText('The answer is complete.').waitFor()
    const first = turn('Where did the osprey build?')
    await first.getByText('She built it on the crane').waitFor()
    await first.getByRole('button', { name: 'Source 1: weather.txt' }).click()
    const text = dialog().getByRole('group', { name: 'Text' })
    await text.locator('mark', { hasText: 'an osprey built her nest' }).waitFor()
    await eventually('the text is scrolled to the passage', () =>
      text.evaluate(({ scrollTop }) => scrollTop > 0),
    )
    assert.deepEqual(await faultsOf(page), [], 'a source in its document')
    await page.keyboard.press('Escape')
    await first.getByRole('list', { name: 'Sources' }).getByRole('button', { name: 'weather.txt' }).click()
    await text.waitFor()
    await page.keyboard.press('Escape')

    await ask('When?')
    await turn('When?').getByText('In spring.').waitFor()
    assert.match(JSON.stringify(asked().at(-1)?.body.messages), /Where did the osprey.*on the crane.*When\?/)
    await page.getByRole('button', { name: 'New conversation' }).click()
    await first.waitFor({ state: 'detached' })
    await ask('Who?')
    await turn('Who?').getByText('ok').waitFor()
    assert.doesNotMatch(JSON.stringify(asked().at(-1)?.body.messages), /When\?/)
  })

  it('show the words as they come, and can be stopped with the keyboard', async () => {
    models.play(unfinishedOf('The first ', 'words'))
    await ask('What is long?')
    await turn('What is long?').getByText('The first words').waitFor()
    assert.equal(await turn('What is long?').locator('[aria-busy=true]').count(), 1)
    const cancelledBefore = models.cancelled.length
    await question().press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('The answer is stopped.').waitFor()
    await turn('What is long?').getByText('The first words').waitFor()
    await eventually('the call of the model is cancelled', () => models.cancelled.length > cancelledBefore)
    await eventually('the focus is in the question', () =>
      question().evaluate((field) => field === document.activeElement),
    )
    await page.keyboard.type('And now?')
    await page.keyboard.press('Enter')
    await turn('And now?').getByText('ok').waitFor()
  })

  it('go to the model that is chosen', async () => {
    await page.getByLabel('Model').selectOption('org/large')
    await ask('Who answers?')
    await turn('Who answers?').getByText('ok').waitFor()
    assert.equal(asked().at(-1)?.body.model, 'org/large')
  })

  const refusals = [
    { status: 429, headers: { 'retry-after': LONG_WAIT }, sentence: 'Too many requests. Try again later.' },
    { status: 500, headers: {}, sentence: 'The model server failed.' },
  ]
  for (const { status, headers, sentence } of refusals) {
    it(`say why there is no answer when the model server answers ${status}, and are asked again`, async () => {
      models.play({ kind: 'status', status, body: {}, headers })
      await ask('Why?')
      await turn('Why?').getByRole('alert').getByText(sentence).waitFor()
      await turn('Why?').getByRole('button', { name: 'Try again' }).click()
      await turn('Why?').getByText('ok').waitFor()
    })
  }

  it('name the scope that the key lacks', async () => {
    const scopes = ['vector_stores:read', 'files:read'] as const
    const { key } = await tested.waybill.apiKeys.create({ key_name: 'Small', scopes: [...scopes] })
    await page.context().close()
    page = await tested.newPage()
    await signIn(page, tested.server.url, { ...tested.server, apiKey: key })
    await page.goto(`${tested.server.url}/console/ask?store=${storeId}`)
    await page.getByRole('heading', { name: 'This key cannot ask models' }).waitFor()
    await page.getByText('models:use').waitFor()
  })

  it('tell how to configure a model server where there is none', async () => {
    const server = await startServer()
    try {
      await signIn(page, server.url, server)
      const own = new Waybill({ ...server, baseUrl: server.url, sessions: null })
      const { id } = await own.vectorStores.create({ name: 'Alone' })
      await page.goto(`${server.url}/console/ask?store=${id}`)
      await page.getByRole('heading', { name: 'No model server is configured' }).waitFor()
      await page.getByText('MODEL_SERVER_URL=').waitFor()
      assert.equal(await question().count(), 0)
    } finally {
      await server.stop()
    }
  })
})
