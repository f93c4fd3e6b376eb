import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually, within } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB, sha256Of } from '../../../server/test/clients/random-file.ts'
import { SourceError, type WaybillFile } from '../../src/waybill.ts'
import { isData, isRegister } from '../faulty-proxy.ts'
import { startService, type TestService } from '../start-service.ts'

/** Size of a file with two chunks. */
const LARGE_BYTES = 20 * MIB + 777
const UPLOADER = fileURLToPath(new URL('uploader.ts', import.meta.url))

describe('an upload of another process', () => {
  let service: TestService
  let counter = 0
  before(async () => {
    service = await startService({ isOnDisk: true })
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const sentBytes = () => service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
  async function assertArrived(file: WaybillFile, sha256: string) {
    const { body } = await service.client().files.download(file.id)
    assert.equal(await sha256Of(body), sha256)
  }
  /** A file of its own, so that no other test's upload is found. */
  const freshFile = () => createRandomFile(service.folder, `file-${counter++}`, LARGE_BYTES)
  const processOptions = () => ({
    env: {
      ...process.env,
      WAYBILL_URL: service.proxy.url,
      WAYBILL_API_KEY: service.server.apiKey,
      WAYBILL_ORGANIZATION: service.server.organizationId,
      XDG_STATE_HOME: join(service.folder, 'state'),
    },
    stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit'],
  })
  const startUploader = (path: string) => spawn(process.execPath, [UPLOADER, path], processOptions())
  async function finishIn(path: string): Promise<WaybillFile> {
    const child = startUploader(path)
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
    return JSON.parse(output)
  }
  async function killWhen(path: string, isTime: () => boolean) {
    const child = startUploader(path)
    const ended = once(child, 'exit')
    await eventually('the moment to kill it', isTime)
    child.kill('SIGKILL')
    await ended
  }

  it('goes on in a new one after kill -9 in the middle', async () => {
    const file = await freshFile()
    // Its second chunk comes to nothing, so that there is a middle.
    let chunks = 0
    service.proxy.setFault((seen) => (isData(seen) && ++chunks > 1 ? { kind: 'hang' } : null))
    await killWhen(file.path, () => chunks > 1)
    const folder = join(service.folder, 'state', 'waybill', 'uploads')
    const [kept, ...others] = await readdir(folder)
    assert.ok(kept && others.length === 0)
    assert.equal((await stat(join(folder, kept))).mode & 0o777, 0o600)
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    const sentBefore = sentBytes()
    service.proxy.reset()
    await assertArrived(await finishIn(file.path), file.sha256)
    assert.ok(sentBefore > 0)
    assert.equal(sentBytes(), LARGE_BYTES - sentBefore)
    assert.deepEqual(await readdir(folder), [])
  })

  it('goes on in a new one after kill -9 between the last byte and its registration', async () => {
    const file = await freshFile()
    service.proxy.setFault((seen) => (isRegister(seen) ? { kind: 'hang' } : null))
    await killWhen(file.path, () => service.proxy.seen.some(isRegister))
    service.proxy.reset()
    await assertArrived(await finishIn(file.path), file.sha256)
    assert.equal(sentBytes(), 0)
  })

  it('goes on in a new one after kill -9 behind the registration: it is the same file', async () => {
    const file = await freshFile()
    service.proxy.setFault((seen) => (isRegister(seen) ? { kind: 'lose-answer' } : null))
    await killWhen(file.path, () => service.proxy.seen.filter(isRegister).length > 1)
    service.proxy.reset()
    await assertArrived(await finishIn(file.path), file.sha256)
    let count = 0
    for await (const { original_filename } of service.client().files.list())
      if (file.path.endsWith(`/${original_filename}`)) count++
    assert.equal(count, 1)
  })

  it('does not wait for the writer of a pipe', async () => {
    const pipe = join(service.folder, 'pipe')
    await promisify(execFile)('mkfifo', [pipe])
    await assert.rejects(within('the refusal', service.client().files.upload(pipe)), SourceError)
    await assert.rejects(service.client().files.upload(service.folder), SourceError)
  })
})
