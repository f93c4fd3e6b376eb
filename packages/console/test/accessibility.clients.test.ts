import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { eventually } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../server/test/clients/random-file.ts'
import {
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../../server/test/models/scripted-model-server.ts'
import { answerOf } from '../../server/test/responses/replies.ts'
import { faultsOf } from './axe-faults.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { tooWide } from './too-wide.ts'

const THEMES = ['light', 'dark'] as const
/** A phone, a tablet, and where the table of keys has just room. */
const WIDTHS = [360, 768, 1190]

/** States of the page, and the steps that lead there from the list of files. */
const PLACES: readonly { name: string; go(page: Page): Promise<void> }[] = [
  { name: 'the files', go: async () => {} },
  {
    name: 'a file that is selected, and its details',
    go: async (page) => {
      await page.getByLabel('Select notes.txt').check()
      await page.getByRole('row').filter({ hasText: 'notes.txt' }).click()
      await page.getByRole('complementary').getByText('what the notes say').waitFor()
    },
  },
  {
    name: 'a folder',
    go: async (page) => {
      await page.getByRole('row').filter({ hasText: 'deep' }).click()
      await page.getByRole('row').filter({ hasText: 'below' }).waitFor()
    },
  },
  {
    name: 'the results of a search',
    go: async (page) => {
      await page.getByLabel('Search by name').fill('txt')
      await page.getByText(/^\d+ found$/).waitFor()
    },
  },
  {
    name: 'the form of a file',
    go: async (page) => {
      await page.getByRole('row').filter({ hasText: 'notes.txt' }).press('F2')
      await page.getByRole('button', { name: 'Add a pair' }).click()
      await page.getByLabel('Key 1').waitFor()
    },
  },
  {
    name: 'the links of a file',
    go: async (page) => {
      await page.getByRole('row').filter({ hasText: 'notes.txt' }).click()
      await page.getByRole('button', { name: 'Share' }).click()
      await page.getByRole('button', { name: 'Create link' }).click()
      await page
        .getByRole('button', { name: /^Delete the link of / })
        .first()
        .waitFor()
    },
  },
  {
    name: 'the trash',
    go: async (page) => {
      await page.getByRole('link', { name: 'Trash' }).click()
      await page.getByRole('row').filter({ hasText: 'trashed.txt' }).waitFor()
    },
  },
  {
    name: 'an upload that is paused',
    go: async (page) => {
      await page.route('**/upload/storage/**', () => {})
      await chooseFiles(page, 'Upload files', largePath)
      await page.getByRole('button', { name: 'Pause large.bin' }).click()
    },
  },
  {
    name: 'a question',
    go: async (page) => {
      await page.getByRole('row').filter({ hasText: 'notes.txt' }).press('Delete')
      await page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'uploads that were interrupted',
    go: async (page) => {
      await page.route('**/upload/storage/**', () => {})
      await chooseFiles(page, 'Upload files', largePath)
      await page.getByRole('button', { name: 'Pause large.bin' }).waitFor()
      page.once('dialog', (dialog) => void dialog.accept())
      await page.reload()
      await page.getByRole('region', { name: 'Interrupted uploads' }).waitFor()
    },
  },
  {
    name: 'files that cannot be listed',
    go: async (page) => {
      await page.route('**/files?**', (route) => route.fulfill({ status: 400, body: '{}' }))
      await page.reload()
      await page.getByRole('button', { name: 'Try again' }).waitFor()
      await page.unroute('**/files?**')
    },
  },
  {
    name: 'the vector stores',
    go: async (page) => {
      await page.getByRole('link', { name: 'Vector stores' }).click()
      await page.getByRole('link', { name: 'Notes' }).waitFor()
    },
  },
  { name: 'a vector store with the results of a search', go: searchInStore },
  {
    name: 'a passage in its document',
    go: async (page) => {
      await searchInStore(page)
      await page.getByRole('list', { name: 'Passages' }).getByRole('button').first().click()
      await page.getByRole('dialog').getByRole('group', { name: 'Text' }).locator('mark').waitFor()
    },
  },
  {
    name: 'an answer with its sources',
    go: async (page) => {
      await page.getByRole('link', { name: 'Vector stores' }).click()
      await page.getByRole('link', { name: 'Notes' }).click()
      await page.getByRole('link', { name: 'Ask' }).click()
      await page.getByLabel('Model').waitFor()
      models.play(answerOf('The notes say what they say【1】. ', 'And so does the other file【2】.'))
      await page.getByLabel('Question').fill('What do the notes say?')
      await page.getByLabel('Question').press('Enter')
      await page.getByText('The answer is complete.').waitFor()
    },
  },
  {
    name: 'the storage',
    go: async (page) => {
      await page.getByRole('link', { name: 'Storage' }).click()
      await page.getByText('Used by files, the trash included').waitFor()
    },
  },
  {
    name: 'the keys',
    go: async (page) => {
      await page.getByRole('link', { name: 'API keys' }).click()
      await page.getByRole('row').filter({ hasText: 'First key' }).waitFor()
    },
  },
  {
    name: 'the events',
    go: async (page) => {
      await page.getByRole('link', { name: 'Events' }).click()
      await page.getByText('Live').waitFor()
      await page.getByRole('row').filter({ hasText: 'trashed.txt' }).first().waitFor()
    },
  },
  {
    name: 'an event',
    go: async (page) => {
      await page.getByRole('link', { name: 'Events' }).click()
      await page.getByRole('button', { name: 'Show the JSON of file.created, notes.txt' }).click()
      await page.getByRole('button', { name: 'Copy the JSON' }).waitFor()
    },
  },
  {
    name: 'the webhooks',
    go: async (page) => {
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await page.getByRole('link', { name: WEBHOOK_URL }).waitFor()
    },
  },
  {
    name: 'a webhook with what was sent',
    go: async (page) => {
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await page.getByRole('link', { name: WEBHOOK_URL }).click()
      await page
        .getByRole('button', { name: /^Show the attempts of/ })
        .first()
        .click()
      await page.getByRole('dialog').getByText(', after').first().waitFor()
    },
  },
  {
    name: 'the form of a webhook',
    go: async (page) => {
      await page.getByRole('link', { name: 'Webhooks' }).click()
      await page.getByRole('button', { name: 'Add webhook' }).click()
      await page.getByLabel('All types').uncheck()
    },
  },
  {
    name: 'the members',
    go: async (page) => {
      await page.getByRole('link', { name: 'Members' }).click()
      await page.getByRole('row').filter({ hasText: 'invited' }).waitFor()
    },
  },
  {
    name: 'an invitation',
    go: async (page) => {
      await page.getByRole('link', { name: 'Members' }).click()
      await page.getByRole('button', { name: 'Invite' }).click()
    },
  },
  {
    name: 'the form of a key',
    go: async (page) => {
      await page.getByRole('link', { name: 'API keys' }).click()
      await page.getByRole('button', { name: 'Create key' }).click()
    },
  },
]
/** A name that leads nowhere: each attempt fails. */
const WEBHOOK_URL = `https://receiver.invalid/${'a-path-that-is-long/'.repeat(9)}`
let largePath = ''
let models: ScriptedModelServer

async function searchInStore(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Vector stores' }).click()
  await page.getByRole('link', { name: 'Notes' }).click()
  await page.getByLabel('Search in this store').fill('what do the notes say?')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByRole('list', { name: 'Passages' }).waitFor()
}

describe('the console, for everybody', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  before(async () => {
    models = await startScriptedModelServer()
    tested = await openConsole({ env: { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny' } })
    const { path } = await createRandomFile(tested.scratch, 'large', 5 * MIB)
    largePath = path
    const longName = `${'a-name-that-does-not-end-'.repeat(9)}.txt`
    const scopes = ['files:read', 'files:write', 'vector_stores:write', 'admin'] as const
    await tested.waybill.apiKeys.create({
      key_name: 'A key with a name that is long, and with every scope that there is',
      scopes: [...scopes],
      expires_at: '2099-12-31T00:00:00Z',
    })
    const { files, vectorStores, webhooks, members } = tested.waybill
    const { id: webhookId } = await webhooks.create({ url: WEBHOOK_URL, description: longName })
    await members.add({
      email: `${'a'.repeat(60)}@${'departments.'.repeat(8)}example.com`,
      role: 'viewer',
      departments: ['a department with a name that is long'],
    })
    const store = await vectorStores.create({ name: 'Notes', description: longName })
    for (const filename of ['notes.txt', longName]) {
      const content = Buffer.from('what the notes say\n'.repeat(40))
      const { id } = await files.upload(content, { filename, mimeType: 'text/plain' })
      await vectorStores.files.addAndWait(store.id, id, { attributes: { subject: 'notes'.repeat(40) } })
    }
    const inner = { filename: longName, path: `deep/below/${'a-folder-that-is-long-'.repeat(9)}` }
    await files.upload(Buffer.from('inner'), { ...inner, mimeType: 'text/plain' })
    const { id } = await files.upload(Buffer.from('x'), { filename: 'trashed.txt', mimeType: 'text/plain' })
    await files.trash(id)
    await eventually('an attempt has failed', async () => {
      for await (const { attempts } of webhooks.listDeliveries(webhookId))
        if (attempts.length > 0) return true
      return false
    })
  })
  after(async () => {
    await tested.close()
    await models.stop()
  })

  for (const colorScheme of THEMES) {
    it(`has nothing in the way of anybody, in ${colorScheme}`, async () => {
      const first = await tested.newPage({ colorScheme, bypassCSP: true })
      await first.goto(`${tested.server.url}/console/`)
      await first.getByLabel('API key').waitFor()
      assert.deepEqual(await faultsOf(first), [], 'the form to sign in')
      await first.context().close()
      const page = await tested.signedIn({ colorScheme, bypassCSP: true })
      for (const { name, go } of PLACES) {
        await page.goto(`${tested.server.url}/console/files`)
        await page.getByRole('row').filter({ hasText: 'notes.txt' }).waitFor()
        await go(page)
        assert.deepEqual(await faultsOf(page), [], name)
      }
      await page.context().close()
    })
  }

  for (const width of WIDTHS) {
    it(`fits into ${width} pixels`, async () => {
      const page = await tested.signedIn({ viewport: { width, height: 640 } })
      for (const { name, go } of PLACES) {
        await page.goto(`${tested.server.url}/console/files`)
        await page.getByRole('row').filter({ hasText: 'notes.txt' }).waitFor()
        await go(page)
        assert.deepEqual(await tooWide(page), [], name)
      }
      await page.context().close()
    })
  }

  it('keeps the chosen colours', async () => {
    const page = await tested.signedIn({ colorScheme: 'light' })
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    const before = await ground()
    const colours = page.getByRole('button', { name: /^Theme: / })
    await colours.click()
    assert.equal(await ground(), before, 'light, as the system')
    await colours.click()
    const dark = await eventually('the colours change', async () => {
      const now = await ground()
      return now !== before && now
    })
    await page.reload()
    await colours.waitFor()
    assert.equal(await ground(), dark)
    await page.context().close()
  })
})
