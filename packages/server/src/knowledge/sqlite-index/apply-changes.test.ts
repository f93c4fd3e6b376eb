import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { encodeDocument } from '../document-codec.ts'
import { documentOf } from '../search-index.conformance.ts'
import { type AppliedChange, applyChanges } from './apply-changes.ts'
import { type Corpus, loadCorpus } from './corpus.ts'
import { countStatistics } from './search-store.ts'
import { openStoreFile, type StoreFile } from './store-file.ts'

async function partOf(fileId: string, text: string, isLast = true): Promise<AppliedChange> {
  for await (const part of encodeDocument(documentOf(text)))
    return { kind: 'part', fileId, revision: 'r', attributes: {}, part, isFirst: true, isLast }
  assert.fail('the document has no part')
}

describe('applyChanges', () => {
  let folder: string
  let file: StoreFile
  let corpus: Corpus
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-changes-'))
    file = openStoreFile(join(folder, 'a.db'))
    corpus = loadCorpus(file)
  })
  afterEach(async () => {
    file.close()
    await rm(folder, { recursive: true, force: true })
  })

  const apply = (run: string, expectedSeq: number, reachedSeq: number | null, change: AppliedChange) =>
    applyChanges(file, () => corpus, { run, expectedSeq, changes: [change], reachedSeq })

  it('applies nothing when another process has applied the changes meanwhile', async () => {
    const change = await partOf('a', 'lake')
    assert.equal(apply('first', 0, 5, change), true)
    assert.equal(apply('second', 0, 5, await partOf('b', 'lake')), false)
    assert.equal(corpus.chunkCount(), 1)
    assert.equal(file.appliedSeq(), 5)
    assert.equal(loadCorpus(file).chunkCount(), 1)
  })

  it('keeps the chunks of an unfinished document out of searches and their statistics', async () => {
    apply('first', 0, 1, await partOf('a', 'lake river'))
    apply('killed', 1, null, await partOf('b', 'lake', false))
    const { chunkCount, totalLength, chunksByTerm } = countStatistics(file, corpus, ['lake'])
    assert.deepEqual([chunkCount, totalLength, [...chunksByTerm.values()]], [1, 2, [1]])
  })
})
