import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Waybill, type WaybillFile } from '@waybill/sdk'
import type { Browser, Page } from 'playwright-core'
import { faultsOf } from '../../../packages/console/test/axe-faults.ts'
import { IN_BROWSER, openBrowser, PATIENCE_MS } from '../../../packages/console/test/open-browser.ts'
import {
  answeredOffset,
  type FaultyProxy,
  inTurn,
  isData,
  isQuery,
  startFaultyProxy,
  startOf,
} from '../../../packages/sdk/test/faulty-proxy.ts'
import { eventually } from '../../../packages/server/test/clients/eventually.ts'
import {
  createRandomFile,
  createScratchFolder,
  MIB,
  type RandomFile,
  sha256Of,
} from '../../../packages/server/test/clients/random-file.ts'
import { startServer, type TestServer } from '../../../packages/server/test/start-server.ts'

const SERVER = fileURLToPath(new URL('../server.ts', import.meta.url))
const LARGE_BYTES = 40 * MIB + 777
/** The first chunk that a browser sends. */
const FIRST_CHUNK_BYTES = 2 * MIB

describe('examples/web-upload', IN_BROWSER, () => {
  let proxy: FaultyProxy
  let server: TestServer
  let waybill: Waybill
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let browser: Browser
  let application: ChildProcess
  let url: string
  let large: RandomFile
  let small: RandomFile
  let page: Page
  const complaints: string[] = []

  before(async () => {
    proxy = await startFaultyProxy()
    server = await startServer({ env: { PUBLIC_URL: proxy.url } })
    proxy.forwardTo(server.url)
    const { apiKey, organizationId } = server
    waybill = new Waybill({ baseUrl: server.url, apiKey, organizationId, sessions: null })
    scratch = await createScratchFolder()
    browser = await openBrowser()
    large = await createRandomFile(scratch.path, 'large', LARGE_BYTES)
    small = await createRandomFile(scratch.path, 'small', 1000)
    const child = spawn(process.execPath, [SERVER], {
      env: {
        ...process.env,
        WAYBILL_URL: proxy.url,
        WAYBILL_API_KEY: apiKey,
        WAYBILL_ORGANIZATION: organizationId,
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    application = child
    const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
    url = String(line).replace('listening on ', '')
    assert.match(url, /^http:/, 'the application has started')
  })
  after(async () => {
    application?.kill('SIGKILL')
    await browser?.close()
    await server?.stop()
    await proxy?.close()
    await scratch?.remove()
  })
  beforeEach(async () => {
    const context = await browser.newContext()
    context.setDefaultTimeout(PATIENCE_MS)
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
  })
  afterEach(async () => {
    await page.context().close()
    proxy.reset()
    assert.deepEqual(complaints.splice(0), [])
  })

  const choose = (...paths: string[]) => page.getByLabel('Choose files').setInputFiles(paths)
  const chooseBytes = (name: string, mimeType: string, bytes: Buffer) =>
    page.getByLabel('Choose files').setInputFiles({ name, mimeType, buffer: bytes })
  const rowOf = (name: string) =>
    page.getByRole('region', { name: 'Uploads', exact: true }).getByRole('listitem').filter({ hasText: name })
  const button = (name: string) => page.getByRole('button', { name })
  const uploaded = (name: string) => page.getByRole('link', { name })
  async function filesNamed(name: string): Promise<WaybillFile[]> {
    const found: WaybillFile[] = []
    for await (const file of waybill.files.list()) if (file.original_filename === name) found.push(file)
    return found
  }
  async function assertArrived(name: string, sha256: string) {
    const [file, ...others] = await filesNamed(name)
    assert.ok(file && others.length === 0)
    const { body } = await waybill.files.download(file.id)
    assert.equal(await sha256Of(body), sha256)
  }
  const nextHang = () => inTurn(isData, [null, { kind: 'hang', afterBytes: MIB }])
  const hangs = () => eventually('a chunk hangs', () => proxy.seen.filter(isData)[1]?.bodyBytes === MIB)

  it('continues a large file after a pause, lost connections and a reload, from another origin', async () => {
    proxy.setFault(nextHang())
    await choose(large.path)
    await hangs()
    await button('Pause large.bin').click()
    await rowOf('large.bin').getByText('Paused').waitFor()

    proxy.reset()
    proxy.setFault(nextHang())
    await button('Resume large.bin').click()
    await hangs()
    await page.reload()
    const interrupted = page.getByRole('region', { name: 'Interrupted uploads' })
    await interrupted.getByText('large.bin').waitFor()
    await page.evaluate(() =>
      localStorage.setItem(
        'upload ["expired.bin",1,1]',
        JSON.stringify({ uploadUrl: 'http://127.0.0.1:1', expiresAt: '2001-01-01T00:00:00Z' }),
      ),
    )
    await page.reload()
    await interrupted.getByText('large.bin').waitFor()
    assert.equal(await interrupted.getByText('expired.bin').count(), 0)

    proxy.reset()
    proxy.setFault(inTurn(isData, [null, { kind: 'cut', afterBytes: MIB }]))
    await choose(large.path)
    await uploaded('large.bin').waitFor()
    assert.equal(await interrupted.isVisible(), false)
    await assertArrived('large.bin', large.sha256)
    const [query] = proxy.seen.filter(isQuery)
    const [first] = proxy.seen.filter(isData)
    assert.ok(query && first && answeredOffset(query) >= 2 * FIRST_CHUNK_BYTES)
    assert.equal(startOf(first), answeredOffset(query))
    const keyless = proxy.seen.filter(({ headers }) => headers.origin === new URL(url).origin)
    assert.ok(keyless.length > 0 && keyless.every(({ headers }) => headers['x-api-key'] === undefined))
  })

  it('uploads all chosen files, lists them and leads to their bytes', async () => {
    const names = ['one.txt', 'two.txt', 'three.txt', 'four.txt', 'five.txt']
    const files = names.map((name) => ({
      name,
      mimeType: 'text/plain',
      buffer: Buffer.from(`It is ${name}.`),
    }))
    await page.getByLabel('Choose files').setInputFiles(files)
    for (const name of names) await uploaded(name).waitFor()
    const answer = await fetch(new URL((await uploaded('four.txt').getAttribute('href')) ?? '', url))
    assert.equal(await answer.text(), 'It is four.txt.')
    await choose(small.path)
    await uploaded('small.bin').waitFor()
    await assertArrived('small.bin', small.sha256)
  })

  it('uploads files that are dropped on the page', async () => {
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer()
      for (const name of ['dropped-1.txt', 'dropped-2.txt']) transfer.items.add(new File([name], name))
      return transfer
    })
    await page.dispatchEvent('main', 'drop', { dataTransfer: dropped })
    await uploaded('dropped-1.txt').waitFor()
    await uploaded('dropped-2.txt').waitFor()
  })

  it('tells why a file was refused', async () => {
    const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
    await chooseBytes('picture.pdf', 'application/pdf', png)
    const message = 'The service refused the content of the file.'
    await rowOf('picture.pdf').getByText(message).waitFor()
    await page.getByRole('status').getByText(`picture.pdf: ${message}`).waitFor()
    assert.deepEqual(await filesNamed('picture.pdf'), [])
    await chooseBytes('empty.txt', 'text/plain', Buffer.alloc(0))
    await rowOf('empty.txt').getByText('The file is empty.').waitFor()
  })

  it('leaves nothing of a cancelled upload, and keeps the focus', async () => {
    proxy.setFault(nextHang())
    await choose(large.path)
    await hangs()
    await button('Cancel large.bin').press('Enter')
    await rowOf('large.bin').getByText('Cancelled').waitFor()
    assert.equal(await rowOf('large.bin').evaluate((row) => row === document.activeElement), true)
    await eventually('the session is cancelled', async () => {
      for await (const _ of waybill.files.listUploads()) return false
      return true
    })
    await page.reload()
    assert.equal(await page.getByRole('region', { name: 'Interrupted uploads' }).isVisible(), false)
  })

  it('has no accessibility faults while an upload is paused', async () => {
    proxy.setFault(nextHang())
    await choose(large.path)
    await hangs()
    await button('Pause large.bin').press('Enter')
    await button('Resume large.bin').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await faultsOf(page), [])
    }
  })
})
