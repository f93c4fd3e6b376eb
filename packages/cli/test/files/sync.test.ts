import assert from 'node:assert/strict'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { inTurn, isData } from '../../../sdk/test/faulty-proxy.ts'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { MIB } from '../../../server/test/clients/random-file.ts'
import { createClientCommand } from '../run-in-process.ts'

interface StepJson {
  readonly action: string
  readonly path: string
  readonly file_id?: string | null
  readonly error?: { readonly code: string }
}

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
const TREE = { 'one.txt': '1', 'a/two.txt': '22', 'a/b/three.txt': '333', 'a/empty.txt': '' }

describe('waybill files sync', () => {
  let service: TestService
  let folder: string
  let waybill: ReturnType<typeof createClientCommand>
  let client: ReturnType<TestService['client']>
  let root: string
  let number = 0
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
    client = service.client()
    folder = join(service.folder, 'tree')
  })
  after(() => service.stop())
  beforeEach(async () => {
    root = `sync-${++number}`
    await mkdir(folder)
    await write(TREE)
  })
  afterEach(async () => {
    service.proxy.reset()
    await rm(folder, { recursive: true })
  })

  async function write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    }
  }

  /** Returns the content of each File of the folder in the service, in order of their paths. */
  async function remote(): Promise<Record<string, string>> {
    const found: [string, string][] = []
    for await (const { id, path, original_filename } of client.files.list({ path: root })) {
      const { body } = await client.files.download(id)
      const relative = `${path}/${original_filename}`.slice(root.length + 1)
      found.push([relative, await new Response(body).text()])
    }
    return Object.fromEntries(found.sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  const syncs = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await waybill([
      'files',
      'sync',
      'tree',
      '--path',
      root,
      '--json',
      ...args,
    ])
    const { steps, unchanged } = JSON.parse(stdout || '{}') as { steps: StepJson[]; unchanged: number }
    const changes = steps.map(({ action, path }) => `${action} ${path}`).sort()
    return { code, stderr, steps, changes, unchanged }
  }
  const assertSynced = async () => {
    const { changes, unchanged, code } = await syncs('--delete')
    assert.deepEqual(
      { code, changes, unchanged },
      { code: 0, changes: [], unchanged: Object.keys(TREE).length },
    )
  }
  const UPLOADS = Object.keys(TREE)
    .map((path) => `upload ${path}`)
    .sort()

  it('uploads a folder with its folders, and then only what is new or has changed', async () => {
    assert.deepEqual((await syncs()).changes, UPLOADS)
    assert.deepEqual(await remote(), Object.fromEntries(Object.entries(TREE).sort()))
    await assertSynced()
    await write({ 'one.txt': '2', 'c/new.txt': 'new' })
    const { changes, unchanged } = await syncs()
    assert.deepEqual(
      { changes, unchanged },
      { changes: ['replace one.txt', 'upload c/new.txt'], unchanged: 3 },
    )
    assert.deepEqual(await remote(), { ...TREE, 'one.txt': '2', 'c/new.txt': 'new' })
  })

  it('uploads to the root, beside the files of other folders', async () => {
    assert.equal((await waybill(['files', 'sync', 'tree'])).code, 0)
    const again = await waybill(['files', 'sync', 'tree'])
    assert.match(again.stdout, /^0 uploaded, 0 replaced, 0 deleted, 4 unchanged$/m)
    await waybill(['files', 'sync', 'tree', '--path', root])
    assert.match((await waybill(['files', 'sync', 'tree'])).stdout, /, 4 unchanged$/m)
  })

  for (const checksums of [['md5'], ['sha256'], ['md5', 'sha256']] as const) {
    it(`compares the checksums that a File has: ${checksums.join(' and ')}`, async () => {
      for (const [path, content] of Object.entries(TREE)) {
        const below = dirname(path) === '.' ? '' : `/${dirname(path)}`
        const options = {
          filename: path.split('/').at(-1) ?? '',
          path: `${root}${below}`,
          mimeType: 'text/plain',
        }
        await client.files.upload(new Blob([content]), { ...options, checksums })
      }
      await assertSynced()
      await write({ 'a/two.txt': '23' })
      assert.deepEqual((await syncs()).changes, ['replace a/two.txt'])
    })
  }

  it('deletes what the folder does not have only with --delete', async () => {
    await syncs()
    await rm(join(folder, 'a', 'b'), { recursive: true })
    assert.deepEqual((await syncs()).changes, [])
    assert.deepEqual((await syncs('--delete')).changes, ['delete a/b/three.txt'])
    const { 'a/b/three.txt': _, ...rest } = TREE
    assert.deepEqual(await remote(), rest)
  })

  it('deletes the earlier file of a replacement that was interrupted before that', async () => {
    const options = { filename: 'one.txt', path: root, mimeType: 'text/plain' }
    const { id } = await client.files.upload(new Blob(['0']), options)
    await syncs('--delete')
    await client.files.upload(new Blob(['0']), options)
    await client.files.upload(new Blob(['1']), options)
    const { changes, unchanged } = await syncs('--delete')
    assert.deepEqual({ changes, unchanged }, { changes: ['delete one.txt', 'delete one.txt'], unchanged: 4 })
    await assert.rejects(client.files.get(id), { code: 'FILE_NOT_FOUND' })
    await assertSynced()
  })

  it('moves replaced and deleted files to the trash, from which they can be restored', async () => {
    await syncs()
    await write({ 'one.txt': '2' })
    await rm(join(folder, 'a', 'two.txt'))
    assert.deepEqual((await syncs('--delete')).changes, ['delete a/two.txt', 'replace one.txt'])
    const trashed: string[] = []
    for await (const { id, path, original_filename } of client.files.list({ state: 'trashed' })) {
      if (path !== root && path !== `${root}/a`) continue
      trashed.push(original_filename)
      assert.equal((await client.files.restore(id)).id, id)
    }
    assert.deepEqual(trashed.sort(), ['one.txt', 'two.txt'])
  })

  it('changes nothing in a dry run, and prints the plan', async () => {
    await syncs()
    const before = await remote()
    await rm(join(folder, 'a', 'b'), { recursive: true })
    await write({ 'one.txt': '2', 'c/new.txt': 'new' })
    const args = ['files', 'sync', 'tree', '--path', root, '--delete', '--dry-run']
    const { code, stdout } = await waybill(args)
    assert.equal(code, 0)
    const [last, ...lines] = stdout.trim().split('\n').reverse()
    assert.deepEqual(lines.sort(), [
      'would delete  a/b/three.txt',
      'would replace  one.txt',
      'would upload  c/new.txt',
    ])
    assert.equal(last, '1 to upload, 1 to replace, 1 to delete, 2 unchanged')
    assert.deepEqual(await remote(), before)
  })

  it('goes on where a file fails, deletes nothing then, and can be run again', async () => {
    await syncs()
    await rm(join(folder, 'a', 'b'), { recursive: true })
    await write({ 'wrong.txt': PNG, 'c/new.txt': 'new' })
    const failed = await syncs('--delete')
    assert.equal(failed.code, 1)
    assert.deepEqual(failed.changes, ['upload c/new.txt', 'upload wrong.txt'])
    const wrong = failed.steps.find(({ path }) => path === 'wrong.txt')
    assert.equal(wrong?.error?.code, 'FILE_TYPE_MISMATCH')
    assert.match(
      failed.stderr,
      /^Nothing that the folder does not have was deleted, because a file failed\.$/m,
    )
    await rm(join(folder, 'wrong.txt'))
    assert.deepEqual((await syncs('--delete')).changes, ['delete a/b/three.txt'])
  })

  it('goes on where a folder cannot be read, and deletes nothing then', {
    skip: process.platform !== 'linux' && 'names are UTF-8 on this system',
  }, async () => {
    await syncs()
    await rm(join(folder, 'a', 'b'), { recursive: true })
    await mkdir(Buffer.concat([Buffer.from(`${folder}/a/`), Buffer.from('\u00fc', 'latin1')]))
    await write({ 'c/new.txt': 'new' })
    const { code, stderr, changes, steps } = await syncs('--delete')
    assert.deepEqual([code, changes], [1, ['upload a/\ufffd', 'upload c/new.txt']])
    assert.equal(steps.find(({ path }) => path === 'a/\ufffd')?.error?.code, 'FAILED')
    assert.match(stderr, /^Nothing that the folder does not have was deleted, because a file failed\.$/m)
    assert.equal((await remote())['a/b/three.txt'], '333')
  })

  it('starts over with a file that has changed since its upload was interrupted', async () => {
    const large = Buffer.alloc(5 * MIB, 'abc')
    await write({ 'large.txt': large })
    service.proxy.setFault(inTurn(isData, [{ kind: 'answer', status: 400 }]))
    assert.equal((await syncs()).code, 1)
    await write({ 'large.txt': Buffer.concat([large, Buffer.from('more')]) })
    const { code, changes, stderr } = await syncs()
    assert.deepEqual([code, changes], [0, ['upload large.txt']], stderr)
    assert.equal((await remote())['large.txt']?.length, large.length + 4)
  })

  it('keeps the earlier file until the changed one is stored', async () => {
    await syncs()
    await write({ 'one.txt': PNG })
    const { code, steps } = await syncs('--delete')
    assert.deepEqual([code, steps.map(({ action }) => action)], [1, ['replace']])
    assert.deepEqual(await remote(), Object.fromEntries(Object.entries(TREE).sort()))
  })

  it('leaves out what is no regular file', async () => {
    await symlink('/etc/passwd', join(folder, 'link'))
    assert.deepEqual((await syncs()).changes, UPLOADS)
  })

  for (const [args, complaint] of [
    [['nowhere'], /^waybill: there is no folder nowhere\.$/m],
    [['tree/one.txt'], /^waybill: there is no folder tree\/one\.txt\.$/m],
    [['tree', '--delete'], /^waybill: --delete needs --path/m],
    [['tree', '--limit-rate', '10'], /must be a size per second/],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { code, stderr } = await waybill(['files', 'sync', ...args])
      assert.equal(code, 1)
      assert.match(stderr, complaint)
    })
  }
})
