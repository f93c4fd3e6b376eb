import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createClientCommand } from '../run-in-process.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')

interface Outcome {
  readonly path: string
  readonly file?: { readonly id: string }
  readonly is_there_already?: boolean
}

describe('the same upload command again', () => {
  let service: TestService
  let journals: string
  let waybill: ReturnType<typeof createClientCommand>
  let counter = 0
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
    journals = join(service.folder, 'state', 'waybill', 'journals')
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  const run = (...args: string[]) =>
    waybill(['files', 'upload', '--recursive', '--concurrency', '1', ...args])
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

  /** Creates a folder with two text files and an image, which the service refuses as text. */
  async function folderThatFails(): Promise<string> {
    const name = `fails-${counter++}`
    await mkdir(join(service.folder, name))
    for (const [file, content] of [
      ['a.txt', 'A'],
      ['b.txt', PNG],
      ['c.txt', 'C'],
    ] as const)
      await writeFile(join(service.folder, name, file), content)
    return name
  }

  it('tells a person what is there already, and what to do about what failed', async () => {
    const folder = await folderThatFails()
    const first = await run(folder)
    assert.equal(first.code, 1)
    assert.match(
      first.stderr,
      /^1 of 3 uploads failed\. Run the same command again to upload only the missing files\.$/m,
    )
    const second = await run(folder)
    assert.equal(second.code, 1)
    const [id] = /^file_\S+/.exec(first.stdout) ?? []
    assert.match(second.stdout, new RegExp(`^${id}  ${folder}/a\\.txt {2}\\(uploaded before\\)$`, 'm'))
    await writeFile(join(service.folder, folder, 'b.txt'), 'B')
    const third = await outcomesOf(folder)
    assert.deepEqual(told(third), { 'a.txt': 'there already', 'b.txt': 'sent', 'c.txt': 'there already' })
    assert.deepEqual(await openedJournals(), [])
  })

  const CHANGES: Readonly<Record<string, (folder: string, id: string) => Promise<string[]>>> = {
    'a file that was changed': async (folder) => {
      await appendFile(join(service.folder, folder, 'a.txt'), 'more')
      return []
    },
    'a file of another date': async (folder) => {
      await utimes(join(service.folder, folder, 'a.txt'), 1000, 1000)
      return []
    },
    'a file that was deleted on the service': async (_folder, id) => {
      await service.client().files.delete(id)
      return []
    },
    'everything with --restart': async () => ['--restart'],
    'everything with another --type': async () => ['--type', 'text/csv'],
  }
  for (const [what, change] of Object.entries(CHANGES)) {
    it(`sends ${what}`, async () => {
      const folder = await folderThatFails()
      const [first] = idsOf(await outcomesOf(folder))
      const options = await change(folder, String(first))
      const second = await outcomesOf(...options, folder)
      assert.deepEqual(told(second), {
        'a.txt': 'sent',
        'b.txt': 'failed',
        'c.txt': what.startsWith('everything') ? 'sent' : 'there already',
      })
      await rm(journals, { recursive: true })
    })
  }

  it('takes what a key that may not read has sent as it was', async () => {
    const folder = await folderThatFails()
    const { key } = await service.client().apiKeys.create({ key_name: 'Writer', scopes: ['files:write'] })
    const upload = async () => {
      const args = ['files', 'upload', '--json', '-r', folder]
      return JSON.parse((await waybill(args, { WAYBILL_API_KEY: key })).stdout)
    }
    const first = await upload()
    const second = await upload()
    assert.deepEqual(told(second), { 'a.txt': 'there already', 'b.txt': 'failed', 'c.txt': 'there already' })
    assert.deepEqual(idsOf(second).sort(), idsOf(first).sort())
    await rm(journals, { recursive: true })
  })

  it('does without a journal that is broken, and without the lines that are', async () => {
    const folder = await folderThatFails()
    await outcomesOf(folder)
    const [name] = await openedJournals()
    const journal = join(journals, String(name))
    await appendFile(journal, '{"key":"[\\"/cut')
    assert.deepEqual(told(await outcomesOf(folder))['a.txt'], 'there already')
    await writeFile(journal, '\u0000\u0001 null\nnull\n{"key":1}\n[]\n')
    assert.deepEqual(told(await outcomesOf(folder))['a.txt'], 'sent')
    assert.deepEqual(told(await outcomesOf(folder))['a.txt'], 'there already')
    await rm(journals, { recursive: true })
    await writeFile(journals, 'no folder')
    assert.deepEqual(told(await outcomesOf(folder))['a.txt'], 'sent')
    await rm(journals)
  })

  it('deletes journals that were not continued for a week, and no others', async () => {
    const [old, young] = [await folderThatFails(), await folderThatFails()]
    for (const folder of [old, young]) {
      await outcomesOf(folder)
      const age = folder === old ? 8 * DAY_MS : 6 * DAY_MS
      const time = new Date(Date.now() - age)
      for (const name of await openedJournals()) {
        const path = join(journals, name)
        if ((await stat(path)).mtimeMs > Date.now() - DAY_MS) await utimes(path, time, time)
      }
      if (folder === old) assert.equal((await openedJournals()).length, 1)
    }
    assert.equal(told(await outcomesOf(young))['a.txt'], 'there already')
    assert.equal((await openedJournals()).length, 1)
    assert.equal(told(await outcomesOf(old))['a.txt'], 'sent')
    await rm(journals, { recursive: true })
  })
})
