import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import fc from 'fast-check'
import type { File } from '../../domain/files/file.ts'
import type { FileFilter, FileSort } from '../../domain/files/file-list.ts'
import { mediaTypeOf } from '../../domain/files/file-terms.ts'
import { foldedName } from '../../domain/files/folded-name.ts'
import type { FileRecords, FileSearchRequest } from './files.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'

const NAMES = [
  ...[
    'Report.pdf',
    'report-2.PDF',
    'REPORT',
    'a',
    'ab',
    '100%_done.txt',
    'Übersicht.txt',
    'e\u0301clair.png',
  ],
  ...['éclair.png', '𝒳𝒴𝒵.txt', '\uffee.txt', "it's.txt", '  spaces  ', 'İstanbul'],
]
const DEEP = Array.from({ length: 20 }, (_, index) => `d${index}`).join('/')
const PATHS = ['', 'a', 'a/b', 'a/b-c', 'a/b/c', 'a-b', 'a0', 'ä/ö', 'a/ b', 'a/b0', DEEP, `${DEEP}/e`]
const TYPES = [
  ...['image/png', 'IMAGE/PNG', 'image/x_y', 'image/xzy', 'text/plain', 'text/plain; charset=utf-8'],
  ...['text/plainer', 'application/pdf'],
]
const PARTS = ['rep', 'report', 'port.p', '.txt', '%_d', 'übers', 'éclair', '𝒳𝒴𝒵', "it's", 'i̇st', 'zzz']
const SIZES = [0, 1, 2, 2, 2 ** 40]

const NO_FILTER: FileFilter = {
  folder: null,
  nameContains: null,
  mediaType: null,
  uploadedAfterMs: null,
  uploadedBeforeMs: null,
}

const anyTime = fc.integer({ min: NOW_MS - 1, max: NOW_MS + 6 })
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 1 })
const anyFilter = fc.record<FileFilter>({
  folder: orNull(fc.record({ path: fc.constantFrom(...PATHS), isDeep: fc.boolean() })),
  nameContains: orNull(fc.constantFrom(...PARTS)),
  mediaType: orNull(fc.constantFrom('image/png', 'image/x_y', 'image/*', 'text/plain', 'text/*', 'video/*')),
  uploadedAfterMs: orNull(anyTime),
  uploadedBeforeMs: orNull(anyTime),
})
const anyRequest = fc.record<FileSearchRequest>({
  filter: fc.oneof(anyFilter, fc.constant(NO_FILTER)),
  sort: fc.constantFrom<FileSort>('time', 'name', 'size'),
  order: fc.constantFrom('asc', 'desc'),
  limit: fc.integer({ min: 1, max: 20 }),
  after: fc.constant(null),
  nowMs: fc.constant(NOW_MS),
})

/** Tests the searches, folders and changes of records/files.ts. `searchOf` returns the searches under test. */
export function describeFileSearch(
  fixture: DatabaseFixture,
  searchOf: () => Pick<FileRecords, 'search'> = () => fixture.database.files,
  numRuns = 200,
): void {
  let organizationId: string
  let live: File[]

  before(async () => {
    organizationId = await fixture.newOrganization()
    live = await prepareFiles(fixture, organizationId)
    const other = await fixture.newOrganization()
    await prepareFiles(fixture, other)
  })

  it('finds the files of every filter in every order, some of them waiting for their indexing', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        const found = await readAll(searchOf(), organizationId, request)
        assert.deepEqual(found, expectedFiles(live, request))
      }),
      { numRuns },
    )
  })

  it('finds the folders of every folder', async () => {
    for (const path of PATHS) {
      for (const limit of [1, 3, 100]) {
        const found: string[] = []
        for (let after: string | null = null, hasMore = true; hasMore; after = found.at(-1) ?? null) {
          const page = await fixture.database.files.listFolders(organizationId, path, after, limit)
          assert.ok(page.paths.length <= limit)
          found.push(...page.paths)
          hasMore = page.hasMore
        }
        assert.deepEqual(found, expectedFolders(live, path))
      }
    }
  })

  it('finds them after the indexing of all files too', async () => {
    await indexAll(fixture)
    await fc.assert(
      fc.asyncProperty(anyRequest, async (request) => {
        const found = await readAll(searchOf(), organizationId, request)
        assert.deepEqual(found, expectedFiles(live, request))
      }),
      { numRuns },
    )
  })

  it('changes the given properties of a file of the organization only', async () => {
    const { files, newOrganization } = { ...fixture, files: fixture.database.files }
    const [id, other] = [await newOrganization(), await newOrganization()]
    const file = fileOf(sessionOf(id, { path: 'a', fileMetadata: { k: 'v' } }))
    assert.ok(await files.add(id, [file], null))
    assert.equal(await files.update(other, file.id, { filename: 'x' }), null)
    const changes = [{ filename: 'b.bin' }, { path: 'c/d' }, { metadata: { é: '"' } }, { metadata: {} }, {}]
    let expected = file
    for (const change of changes) {
      expected = { ...expected, ...change }
      assert.deepEqual(await files.update(id, file.id, change), expected)
      assert.deepEqual(await files.find(id, file.id), expected)
    }
    await files.delete(id, file.id, NOW_MS)
    assert.equal(await files.update(id, file.id, { filename: 'x' }), null)
  })
}

/** Adds files, of which some are renamed, moved, deleted, expired or indexed. Returns those that lists show. */
async function prepareFiles(fixture: DatabaseFixture, organizationId: string): Promise<File[]> {
  const { files } = fixture.database
  const all = Array.from({ length: 150 }, (_, index): File => {
    const pick = <T>(values: readonly T[], step: number) => values[(index * step) % values.length] as T
    const session = sessionOf(organizationId, {
      filename: pick(NAMES, 5),
      path: pick(PATHS, 7),
      contentType: pick(TYPES, 3),
      sizeBytes: pick(SIZES, 3),
    })
    const expiresAtMs = index % 13 === 0 ? NOW_MS + (index % 2) : null
    return { ...fileOf(session, NOW_MS + ((index * 11) % 6)), expiresAtMs }
  })
  assert.ok(await files.add(organizationId, all.slice(0, 80), null))
  await indexAll(fixture)
  assert.ok(await files.add(organizationId, all.slice(80), null))
  await files.indexForSearch(20)
  const left: (File | null)[] = []
  for (const [index, file] of all.entries()) {
    if (index % 10 === 3) await files.delete(organizationId, file.id, NOW_MS)
    else if (index % 10 === 5)
      left.push(await files.update(organizationId, file.id, { filename: 'Reporter' }))
    else if (index % 10 === 7) left.push(await files.update(organizationId, file.id, { path: 'a/b' }))
    else left.push(file)
  }
  return left.flatMap((file) => (file === null ? [] : [{ ...file, contentType: file.contentType }]))
}

async function indexAll({ database }: DatabaseFixture): Promise<void> {
  while ((await database.files.indexForSearch(30)) > 0);
}

async function readAll(
  { search }: Pick<FileRecords, 'search'>,
  organizationId: string,
  request: FileSearchRequest,
): Promise<string[]> {
  const found: string[] = []
  let after: FileSearchRequest['after'] = null
  for (let pages = 0; pages < 1000; pages++) {
    const page = await search(organizationId, { ...request, after })
    assert.ok(page.items.length <= request.limit)
    found.push(...page.items.map(({ id }) => id))
    if (page.next === null) return found
    after = page.next
  }
  return assert.fail('the list has no end')
}

function expectedFiles(live: readonly File[], request: FileSearchRequest): string[] {
  const { sort, order, filter, nowMs } = request
  const sizeOrTime = (file: File) => ({ time: file.uploadedAtMs, name: 0, size: file.sizeBytes })[sort]
  const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const ascending = (a: File, b: File) =>
    sizeOrTime(a) - sizeOrTime(b) ||
    (sort === 'name' ? compareBytes(a.filename, b.filename) : 0) ||
    compareBytes(a.id, b.id)
  const sorted = live.filter((file) => isMatch(file, filter, nowMs)).sort(ascending)
  return (order === 'asc' ? sorted : sorted.reverse()).map(({ id }) => id)
}

function isMatch(file: File, filter: FileFilter, nowMs: number): boolean {
  const { folder, nameContains, mediaType, uploadedAfterMs, uploadedBeforeMs } = filter
  const type = mediaTypeOf(file.contentType)
  return (
    (file.expiresAtMs === null || file.expiresAtMs > nowMs) &&
    (folder === null ||
      file.path === folder.path ||
      (folder.isDeep && (folder.path === '' || file.path.startsWith(`${folder.path}/`)))) &&
    (nameContains === null || foldedName(file.filename).includes(nameContains)) &&
    (mediaType === null || type === mediaType || mediaType === `${type.split('/')[0]}/*`) &&
    (uploadedAfterMs === null || file.uploadedAtMs > uploadedAfterMs) &&
    (uploadedBeforeMs === null || file.uploadedAtMs < uploadedBeforeMs)
  )
}

/** Returns the folders directly in the folder, in the order of their keys, which end with a slash. */
function expectedFolders(live: readonly File[], path: string): string[] {
  const parent = path === '' ? '' : `${path}/`
  const keys = live
    .map((file) => `${file.path}/`)
    .filter((key) => key.startsWith(parent) && key !== parent && key !== '/')
    .map((key) => key.slice(0, key.indexOf('/', parent.length) + 1))
  return [...new Set(keys)]
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((key) => key.slice(0, -1))
}
