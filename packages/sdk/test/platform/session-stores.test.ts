import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { folderSessionStore } from '../../src/platform/folder-session-store.ts'
import { localSessionStore } from '../../src/platform/local-session-store.ts'

const HOUR_MS = 60 * 60 * 1000
const fileOf = (key: string) => `${createHash('sha256').update(key).digest('hex')}.json`
const upload = (expiresInMs: number) =>
  JSON.stringify({ version: 1, expiresAt: new Date(Date.now() + expiresInMs).toISOString(), checkpoints: [] })

/** Entries that exist when an upload begins. Expired ones must be deleted. */
const KEPT = {
  over: upload(-1000),
  'long over': upload(-1000 * HOUR_MS),
  open: upload(HOUR_MS),
  'of a later version': '{"version":2}',
  'of an unknown date': '{"version":1,"expiresAt":"soon"}',
  broken: '{"version":1,"expi',
  empty: '',
}
const STAY = ['open', 'of a later version', 'of an unknown date', 'broken', 'empty']

describe('the folder of sessions', () => {
  let root: string
  let counter = 0
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'waybill-sessions-'))
  })
  after(() => rm(root, { recursive: true }))
  async function folderWith(entries: Readonly<Record<string, string>>): Promise<string> {
    const folder = join(root, String(counter++))
    await mkdir(folder)
    for (const [name, text] of Object.entries(entries)) await writeFile(join(folder, name), text)
    return folder
  }
  const named = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).map(([key, text]) => [fileOf(key), text]))

  it('loses what is over when another is kept, and nothing else', async () => {
    const foreign = { 'notes.json': upload(-1), 'README.new': upload(-1) }
    const folder = await folderWith({ ...named(KEPT), ...foreign })
    const store = folderSessionStore(folder)
    assert.equal(await store.get('over'), KEPT.over)
    await store.set('mine', upload(HOUR_MS))
    const expected = [...STAY.map(fileOf), ...Object.keys(foreign), fileOf('mine')]
    assert.deepEqual((await readdir(folder)).sort(), expected.sort())
  })

  it('loses what a process was writing that was killed long ago', async () => {
    const [old, young] = [`${randomUUID()}.new`, `${randomUUID()}.new`]
    const folder = await folderWith({ [old]: 'half', [young]: 'half' })
    await utimes(join(folder, old), 1000, 1000)
    await folderSessionStore(folder).set('mine', upload(HOUR_MS))
    assert.deepEqual((await readdir(folder)).sort(), [young, fileOf('mine')].sort())
  })

  it('is swept once in a process, and keeps what is set meanwhile', async () => {
    const folder = await folderWith(named({ over: KEPT.over, other: KEPT.over }))
    const stores = [folderSessionStore(folder), folderSessionStore(folder)]
    await Promise.all(
      stores.map((store, index) => store.set(index === 0 ? 'over' : 'other', upload(HOUR_MS))),
    )
    assert.deepEqual((await readdir(folder)).sort(), [fileOf('over'), fileOf('other')].sort())
    await stores[0]?.set('later', KEPT.over)
    await stores[1]?.set('last', upload(HOUR_MS))
    assert.ok((await readdir(folder)).includes(fileOf('later')))
  })

  it('keeps what it can, though some of it cannot be read', async () => {
    const folder = await folderWith(named({ over: KEPT.over }))
    await mkdir(join(folder, fileOf('a folder')))
    await writeFile(join(folder, fileOf('closed')), KEPT.over)
    await chmod(join(folder, fileOf('closed')), 0o000)
    const store = folderSessionStore(folder)
    await store.set('mine', upload(HOUR_MS))
    assert.ok((await readdir(folder)).includes(fileOf('a folder')))
    assert.ok(!(await readdir(folder)).includes(fileOf('over')))
    assert.notEqual(await store.get('mine'), null)
  })
})

describe('localStorage with sessions', () => {
  const original = Object.getOwnPropertyDescriptor(globalThis, 'localStorage')
  after(() => {
    if (original) Object.defineProperty(globalThis, 'localStorage', original)
  })
  function useStorage(entries: Readonly<Record<string, string>>): Map<string, string> {
    const kept = new Map(Object.entries(entries))
    const value = {
      get length() {
        return kept.size
      },
      key: (index: number) => [...kept.keys()][index] ?? null,
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
      removeItem: (key: string) => kept.delete(key),
    }
    Object.defineProperty(globalThis, 'localStorage', { value, configurable: true })
    return kept
  }

  it("loses what is over when another is kept, and nothing of the page's own", async () => {
    const mine = Object.entries(KEPT).map(([key, text]) => [`waybill-upload ${key}`, text])
    const kept = useStorage({ ...Object.fromEntries(mine), theirs: KEPT.over })
    const store = localSessionStore() ?? assert.fail('there is no store')
    assert.equal(await store.get('over'), KEPT.over)
    await store.set('new', upload(HOUR_MS))
    const expected = [...STAY.map((key) => `waybill-upload ${key}`), 'theirs', 'waybill-upload new']
    assert.deepEqual([...kept.keys()].sort(), expected.sort())
    await store.set('later', KEPT.over)
    await store.set('last', upload(HOUR_MS))
    assert.equal(await store.get('later'), KEPT.over)
  })
})
