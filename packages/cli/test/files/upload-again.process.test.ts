import assert from 'node:assert/strict'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { isData, type SeenRequest } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createRandomFile, MIB } from '../../../server/test/clients/random-file.ts'
import { endOf, startWaybill } from '../run-waybill.ts'

const LARGE_BYTES = 20 * MIB + 777
const isDirect = ({ method, path }: SeenRequest) => method === 'POST' && path.endsWith('/files/upload')

interface Outcome {
  readonly path: string
  readonly file?: { readonly id: string }
  readonly is_there_already?: boolean
}

describe('the same upload command again, in a process of its own', () => {
  let service: TestService
  let journals: string
  before(async () => {
    service = await startService()
    journals = join(service.folder, 'state', 'waybill', 'journals')
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const start = (...args: string[]) =>
    startWaybill(service, ['files', 'upload', '--recursive', '--concurrency', '1', ...args])
  const run = (...args: string[]) => endOf(start(...args))
  async function outcomesOf(...args: string[]): Promise<Outcome[]> {
    const { stdout, stderr } = await run('--json', ...args)
    assert.ok(stdout.startsWith('['), stderr)
    return JSON.parse(stdout)
  }
  /** Each path's last part, with `there already` or `sent`. */
  const told = (outcomes: readonly Outcome[]) =>
    Object.fromEntries(
      outcomes.map(({ path, file, is_there_already }) => [
        path.split('/').at(-1),
        file === undefined ? 'failed' : is_there_already ? 'there already' : 'sent',
      ]),
    )
  const idsOf = (outcomes: readonly Outcome[]) => outcomes.map(({ file }) => file?.id)
  const openedJournals = () => readdir(journals).catch(() => [])

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`sends nothing again that was finished before ${signal}, and all of it once all is done`, async () => {
      const folder = join(service.folder, signal)
      await mkdir(folder)
      for (const name of ['a.txt', 'b.txt', 'z.txt']) await writeFile(join(folder, name), name)
      await createRandomFile(folder, 'large', LARGE_BYTES)
      let chunks = 0
      service.proxy.setFault((seen) => (isData(seen) && ++chunks > 1 ? { kind: 'hang' } : null))
      const child = start('--json', signal)
      const end = endOf(child)
      await eventually('the second chunk of the large file', () => chunks > 1)
      child.kill(signal)
      const { code, stdout, stderr } = await end
      service.proxy.reset()
      if (signal !== 'SIGKILL') {
        assert.equal(code, 130)
        assert.match(stderr, /^Interrupted: 2 of 4 files uploaded\. Run the same command again to resume\.$/m)
        assert.deepEqual(told(JSON.parse(stdout)), { 'a.txt': 'sent', 'b.txt': 'sent' })
      }
      const [journal, ...others] = await openedJournals()
      assert.ok(journal && others.length === 0)
      assert.equal((await stat(join(journals, journal))).mode & 0o777, 0o600)
      assert.equal((await stat(journals)).mode & 0o777, 0o700)

      const second = await outcomesOf(signal)
      assert.deepEqual(told(second), {
        'a.txt': 'there already',
        'b.txt': 'there already',
        'large.bin': 'sent',
        'z.txt': 'sent',
      })
      assert.equal(service.proxy.seen.filter(isDirect).length, 1)
      const sent = service.proxy.seen.filter(isData).reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
      assert.ok(sent < LARGE_BYTES / 2, `${sent} bytes were sent again`)
      assert.deepEqual(await openedJournals(), [])
      const names: string[] = []
      for await (const file of service.client().files.list()) {
        if (idsOf(second).includes(file.id)) names.push(file.original_filename)
      }
      assert.deepEqual(names.sort(), ['a.txt', 'b.txt', 'large.bin', 'z.txt'])

      // The rest does not depend on how the first run ended.
      if (signal !== 'SIGINT') return
      const third = await outcomesOf(signal)
      assert.deepEqual(new Set(Object.values(told(third))), new Set(['sent']))
    })
  }

  it('begins nothing more at Ctrl-C, and ends though a request hangs', async () => {
    const folder = 'hangs'
    await mkdir(join(service.folder, folder))
    for (const name of ['a.txt', 'b.txt']) await writeFile(join(service.folder, folder, name), name)
    service.proxy.setFault((seen) => (isDirect(seen) ? { kind: 'hang' } : null))
    const child = start(folder)
    const end = endOf(child)
    await eventually('the first request', () => service.proxy.seen.some(isDirect))
    child.kill('SIGINT')
    assert.equal((await end).code, 130)
    assert.equal(service.proxy.seen.filter(isDirect).length, 1)
  })

  it('leaves nothing of an interrupted standard input', async () => {
    const temporary = join(service.folder, 'temporary')
    await mkdir(temporary)
    const args = ['files', 'upload', '--name', 'in.bin', '-']
    const child = startWaybill(service, args, { TMPDIR: temporary })
    const end = endOf(child)
    child.stdin.on('error', () => {})
    child.stdin.write(Buffer.alloc(10 * MIB))
    await eventually('the gathered input', async () => (await readdir(temporary)).length > 0)
    child.kill('SIGINT')
    const { code, stderr } = await end
    assert.equal(code, 130)
    assert.match(stderr, /^in\.bin: interrupted: standard input cannot be read again\.$/m)
    assert.match(stderr, /^Interrupted: 0 of 1 files uploaded\.$/m)
    assert.deepEqual(await readdir(temporary), [])
  })
})
