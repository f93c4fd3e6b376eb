import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startService, type TestService } from '../../../sdk/test/start-service.ts'
import { createClientCommand } from '../run-in-process.ts'

describe('waybill stores', () => {
  let service: TestService
  let waybill: ReturnType<typeof createClientCommand>
  before(async () => {
    service = await startService()
    waybill = createClientCommand(service)
    await writeFile(join(service.folder, 'fox.txt'), 'The quick brown fox jumps over the lazy dog.')
    await writeFile(join(service.folder, 'broken.pdf'), '%PDF-1.7\nbroken')
  })
  after(() => service.stop())

  async function done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await waybill(['stores', ...args])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const create = async (name: string) => JSON.parse(await done('create', name, '--json')).id as string

  it('creates, lists, shows and deletes', async () => {
    const options = ['--description', 'For people', '--private', '--expires-after', '7', '--json']
    const store = JSON.parse(await done('create', 'Contracts', ...options))
    assert.deepEqual(
      [store.name, store.description, store.access_mode, store.expires_after.days],
      ['Contracts', 'For people', 'private', 7],
    )
    assert.match(await done('create', 'Other'), /^Created vs_[0-9a-f]{32}\.$/m)
    assert.match(await done('list'), /^vs_\S+ +0 +0 B +\d{4}-.* private +Contracts$/m)
    assert.equal(JSON.parse(await done('list', '--search', 'contr', '--json')).length, 1)
    assert.equal(JSON.parse(await done('list', '--limit', '1', '--json'))[0].name, 'Other')
    assert.equal(await done('status', store.id), 'Contracts: 0 files, 0 completed, 0 in progress, 0 failed\n')
    assert.equal(await done('delete', store.id), `Deleted ${store.id}.\n`)
    const again = await waybill(['stores', 'delete', store.id])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /"waybill stores list"/)
  })

  it('adds paths and ids, and finds their text', async () => {
    const id = await create('Animals')
    await mkdir(join(service.folder, 'tree'), { recursive: true })
    await writeFile(join(service.folder, 'tree', 'whale.txt'), 'A whale dives deep.')
    const uploaded = await waybill(['files', 'upload', '--json', 'fox.txt'])
    const [{ file }] = JSON.parse(uploaded.stdout)
    const added = await done('add', id, file.id, '-r', 'tree')
    assert.match(added, new RegExp(`^${file.id}  1 chunks  ${file.id}$`, 'm'))
    assert.match(added, /^file_\S+ {2}1 chunks {2}tree\/whale\.txt$/m)
    const [first] = (await done('search', id, 'quick', 'fox')).split('\n\n')
    assert.match(first ?? '', /^[01]\.\d\d {2}fox\.txt {2}file_\S+\n {6}The quick brown fox/)
    const { results } = JSON.parse(await done('search', id, 'whale', '--limit', '1', '--json'))
    assert.equal(results[0].text, 'A whale dives deep.')
    const other = await create('Empty')
    assert.equal(await done('search', other, 'fox'), 'Nothing found.\n')
    assert.match(await done('search', `${other},${id}`, 'fox'), /fox\.txt/)
  })

  it('goes on where one file fails, and shows the reason', async () => {
    const id = await create('Mixed')
    const { code, stdout, stderr } = await waybill([
      'stores',
      'add',
      id,
      'broken.pdf',
      'fox.txt',
      'file_none',
    ])
    assert.equal(code, 1)
    assert.match(stdout, /chunks {2}fox\.txt/)
    assert.match(stderr, /^broken\.pdf: .+\[file_\S+\]$/m)
    assert.match(stderr, /^file_none: .*"waybill files list"/m)
    const shown = await done('status', id)
    assert.match(shown, /^Mixed: 2 files, 1 completed, 0 in progress, 1 failed$/m)
    const [, failed = ''] = /^(file_\S+) +failed +broken\.pdf +\S/m.exec(shown) ?? []
    assert.match(await done('status', id, failed), /^status +failed$/m)
  })

  for (const [args, message] of [
    [['add', 'vs_unknown', 'fox.txt'], /"waybill stores list"/],
    [['search', 'vs_unknown', 'fox'], /"waybill stores list"/],
    [['status', 'vs_unknown'], /"waybill stores list"/],
    [['add', 'vs_unknown', 'missing.txt'], /missing\.txt does not exist/],
    [['create', ''], /name must NOT have fewer than 1 characters/],
    [['create', 'X', '--expires-after', '366'], /whole number from 1 to 365/],
  ] as const) {
    it(`refuses stores ${args.join(' ')}`, async () => {
      const { code, stderr } = await waybill(['stores', ...args])
      assert.equal(code, 1)
      assert.match(stderr, message)
    })
  }
})
