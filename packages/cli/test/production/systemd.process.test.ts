import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { missingProgram, runProgram } from '../../../server/test/clients/run-program.ts'
import { blockOfPage, replaced } from './production-page.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/\/$/, '')

describe('the systemd unit of docs/production.md', { skip: await missingProgram('systemd-analyze') }, () => {
  it('is one that systemd has nothing to say about', async () => {
    const folder = await createScratchFolder()
    try {
      const unit = replaced(await blockOfPage('systemd', 'ini'), { '/opt/waybill': ROOT })
      const path = join(folder.path, 'waybill@8080.service')
      await writeFile(path, unit)
      const { code, stderr } = await runProgram('systemd-analyze', ['verify', '--man=no', path])
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    } finally {
      await folder.remove()
    }
  })
})
