import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type FaultyProxy, isData, type SeenRequest, startFaultyProxy } from '../../sdk/test/faulty-proxy.ts'
import { eventually } from '../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, sha256Of } from '../../server/test/clients/random-file.ts'
import { chooseFiles } from './choose-files.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'
import { signIn } from './sign-in.ts'

describe('two tabs of the console', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  let proxy: FaultyProxy
  let first: Page
  before(async () => {
    tested = await openConsole()
    proxy = await startFaultyProxy()
    proxy.forwardTo(tested.server.url)
  })
  after(async () => {
    await tested.close()
    await proxy.close()
    assert.deepEqual(tested.complaints, [])
  })
  afterEach(async () => {
    await first.context().close()
    proxy.reset()
  })

  const offer = (page: Page) => page.getByRole('region', { name: 'Interrupted uploads' })
  const done = (page: Page) => page.getByRole('region', { name: 'Uploads' }).getByText(/^Done · /)
  const offsetOf = ({ headers }: SeenRequest) => Number(/\d+/.exec(String(headers['content-range']))?.[0])
  const sessions = () => [...new Set(proxy.seen.filter(isData).map(({ path }) => path))]
  /** An upload in the first tab that stands still behind its first chunk; answers with its session. */
  async function uploadHalf(path: string): Promise<string> {
    first = await tested.signedIn({}, proxy.url)
    proxy.setFault((request) =>
      isData(request) && request.path === sessions()[0] && offsetOf(request) > 0 ? { kind: 'hang' } : null,
    )
    await chooseFiles(first, 'Upload files', path)
    await eventually('the second chunk hangs', () =>
      proxy.seen.some((one) => isData(one) && offsetOf(one) > 0),
    )
    return String(sessions()[0])
  }
  async function openSecond(): Promise<Page> {
    const second = await first.context().newPage()
    await signIn(second, proxy.url, tested.server)
    return second
  }
  const isNoted = (page: Page, name: string) =>
    page.evaluate(
      (noted) =>
        Object.keys(localStorage).some((key) => key.includes('console upload ') && key.includes(noted)),
      name,
    )
  const stored = async (name: string) => {
    const hashes: string[] = []
    for await (const { id, original_filename } of tested.waybill.files.list()) {
      if (original_filename === name)
        hashes.push(await sha256Of((await tested.waybill.files.download(id)).body))
    }
    return hashes
  }

  it("leave each other's uploads alone, also where both send the same file", async () => {
    const file = await createRandomFile(tested.scratch, 'both', 12 * MIB)
    const session = await uploadHalf(file.path)
    const second = await openSecond()
    await second.getByRole('heading', { name: 'No files yet' }).waitFor()
    assert.equal(await offer(second).count(), 0, 'what runs in the first is not interrupted')
    await chooseFiles(second, 'Upload files', file.path)
    await done(second).waitFor()
    assert.equal(sessions().length, 2)
    assert.ok(await isNoted(second, 'both.bin'), 'the first can still go on after a reload')
    await second.reload()
    await second.getByRole('row').filter({ hasText: 'both.bin' }).waitFor()
    assert.equal(await offer(second).count(), 0)

    proxy.reset()
    await first.getByRole('button', { name: 'Pause both.bin' }).click()
    await first.getByRole('button', { name: 'Resume both.bin' }).click()
    await done(first).waitFor()
    assert.deepEqual(sessions(), [session], 'it goes on with its own')
    assert.ok(proxy.seen.filter(isData).every((one) => offsetOf(one) > 0))
    assert.deepEqual(await stored('both.bin'), [file.sha256, file.sha256])
    await second.reload()
    await second.getByRole('row').filter({ hasText: 'both.bin' }).first().waitFor()
    await eventually('nothing is left to go on with', async () => !(await isNoted(second, 'both.bin')))
  })

  it('go on with what the other one has left in its middle', async () => {
    const file = await createRandomFile(tested.scratch, 'left', 12 * MIB)
    const session = await uploadHalf(file.path)
    const second = await openSecond()
    const third = await openSecond()
    await first.close()
    proxy.reset()
    for (const page of [second, third]) await offer(page).getByText('left.bin').waitFor()
    await chooseFiles(second, 'Choose files to resume', file.path)
    await offer(third).waitFor({ state: 'detached' })
    await done(second).waitFor()
    assert.deepEqual(sessions(), [session])
    assert.ok(proxy.seen.filter(isData).every((one) => offsetOf(one) > 0))
    assert.deepEqual(await stored('left.bin'), [file.sha256])
    assert.equal(await offer(third).count(), 0)
  })
})
