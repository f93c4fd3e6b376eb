import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { runWaybill } from '../../server/test/start-server.ts'
import { IN_BROWSER } from './open-browser.ts'
import { type ConsoleUnderTest, openConsole } from './open-console.ts'

describe('the storage page', IN_BROWSER, () => {
  let tested: ConsoleUnderTest
  before(async () => {
    tested = await openConsole()
    await tested.waybill.files.upload(Buffer.from('text'), { filename: 'a.txt', mimeType: 'text/plain' })
  })
  after(async () => {
    await tested.close()
    assert.deepEqual(tested.complaints, [])
  })

  it('draws a bar only where there is a limit to fill', async () => {
    const page = await tested.signedIn()
    await page.getByRole('link', { name: 'Storage' }).click()
    const usage = page.getByRole('region', { name: 'Test' })
    await usage.getByText('No limit is set').waitFor()
    assert.equal(await usage.getByRole('img').count(), 0)
    const { dataDir, organizationId } = tested.server
    await runWaybill(dataDir, ['organizations', 'update', organizationId, '--storage-limit', '1GB'])
    await page.reload()
    await usage.getByRole('img', { name: '4 B used, 0 B reserved, of 1.00 GB' }).waitFor()
    await page.context().close()
  })
})
