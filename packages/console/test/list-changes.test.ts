import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ListFilesAnswer, WaybillFile } from '@waybill/sdk'
import { emptyList, type FileListState } from '../src/files/file-list-state.ts'
import { reconciled, refreshed, withChanged, withFile, without } from '../src/files/list-changes.ts'
import { NEWEST_FIRST } from '../src/files/sorting.ts'

/** A file whose name and id say when it was uploaded. */
const fileOf = (number: number, changes: Partial<WaybillFile> = {}): WaybillFile => ({
  ...({} as WaybillFile),
  id: `file_${number}`,
  original_filename: `${number}.txt`,
  path: null,
  uploaded_at: `2026-01-01T00:00:0${number}Z`,
  ...changes,
})
const files = (...numbers: number[]) => numbers.map((number) => fileOf(number))
const listOf = (numbers: number[], changes: Partial<FileListState> = {}): FileListState => ({
  ...emptyList('', '', NEWEST_FIRST),
  files: files(...numbers),
  totalCount: numbers.length,
  hasMore: false,
  ...changes,
})
const pageOf = (numbers: number[], changes: Partial<ListFilesAnswer> = {}): ListFilesAnswer => ({
  ...({} as ListFilesAnswer),
  files: files(...numbers),
  folders: [],
  has_more: false,
  total: numbers.length,
  ...changes,
})
const idsOf = (list: FileListState) => list.files.map(({ id }) => id)

describe('changes to a list of files', () => {
  it('put a new file in its place, once', () => {
    const list = withFile(listOf([5, 3]), fileOf(4))
    assert.deepEqual(idsOf(list), ['file_5', 'file_4', 'file_3'])
    assert.equal(list.totalCount, 3)
    assert.equal(withFile(list, fileOf(4)), list)
  })

  it('show the folder of a file below', () => {
    const below = fileOf(1, { path: 'a/b' })
    assert.deepEqual(withFile(listOf([]), below).folders, ['a'])
  })

  it('remove a file, and tell by the same list that it is not there', () => {
    const list = without(listOf([5, 4]), 'file_5')
    assert.deepEqual([idsOf(list), list.totalCount], [['file_4'], 1])
    assert.equal(without(list, 'file_5'), list)
  })

  it('replace a file where it is', () => {
    const damaged = fileOf(4, { damaged_at: '2026-01-02T00:00:00Z' })
    assert.deepEqual(withChanged(listOf([5, 4]), damaged).files, [fileOf(5), damaged])
  })

  it('move a file that others have renamed or moved', () => {
    const byName = { sorting: { column: 'name', isDescending: false } } as const
    const list = listOf([3, 4, 5], byName)
    const [renamed, moved] = [fileOf(3, { original_filename: '6.txt' }), fileOf(3, { path: 'a' })]
    assert.deepEqual(idsOf(refreshed(list, renamed)), ['file_4', 'file_5', 'file_3'])
    assert.deepEqual(
      [idsOf(refreshed(list, moved)), refreshed(list, moved).folders],
      [['file_4', 'file_5'], ['a']],
    )
    assert.equal(refreshed(list, fileOf(6)), list)
  })

  it('take the only page as it is', () => {
    const list = reconciled(listOf([5, 4], { folders: ['gone'] }), pageOf([6, 4]))
    assert.deepEqual([idsOf(list), list.folders, list.totalCount], [['file_6', 'file_4'], [], 2])
  })

  it('keep what was loaded behind the first page', () => {
    const page = pageOf([7, 5], { has_more: true, total: 9 })
    const list = reconciled(listOf([6, 5, 4, 3], { hasMore: true }), page)
    assert.deepEqual(idsOf(list), ['file_7', 'file_5', 'file_4', 'file_3'])
    assert.deepEqual([list.totalCount, list.hasMore], [9, true])
  })

  it('keep later folders while a page has only folders', () => {
    const page = pageOf([], { folders: ['a', 'c'], has_more: true })
    const list = reconciled(listOf([1], { folders: ['a', 'b', 'd'], hasMore: true }), page)
    assert.deepEqual([list.folders, idsOf(list)], [['a', 'c', 'd'], ['file_1']])
  })
})
