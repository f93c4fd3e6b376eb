import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ExtractedText, OcrNeeded, type TextExtractor } from '../../src/knowledge/text-extractor.ts'
import { createClient } from '../api/client.ts'
import { createStore, dataOf, type StoreFileObject, settled } from '../api/vector-store-bodies.ts'
import { startApp } from '../start-app.ts'

const SCANNED: ExtractedText = {
  parts: [{ text: 'The harbour office\n', kind: 'paragraph', level: null, page: 1, pageKind: 'page' }],
}

/** Gives files with the name of a scan to OCR, which waits for `release`. Returns the names of those that it reads. */
function holdOcr(extractor: TextExtractor) {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { extract } = extractor
  const reading = new Set<string>()
  Object.assign(extractor, {
    extract: async (...call: Parameters<TextExtractor['extract']>) => {
      if (call[0].filename.startsWith('scan')) throw new OcrNeeded()
      return extract(...call)
    },
    extractWithOcr: async ({ filename }: Parameters<TextExtractor['extract']>[0]) => {
      reading.add(filename)
      await promise
      return SCANNED
    },
  } satisfies Partial<TextExtractor>)
  return { release: resolve, reading }
}

describe('scans that wait for OCR', () => {
  it('leave the place of indexing to other files, and are read one at a time', async (test) => {
    const server = await startApp({ env: { INDEX_CONCURRENCY: '1' } })
    test.after(() => server.stop())
    const ocr = holdOcr(server.context.knowledge.extractor)
    test.after(() => ocr.release())
    const client = createClient(server)
    const store = await createStore(client)
    const add = async (filename: string) => {
      const { id } = await client.uploadFile({ filename, mimeType: 'text/plain', bytes: Buffer.from('text') })
      return dataOf<StoreFileObject>(
        await client.post(`/vector-stores/${store.id}/files`, { file_id: id }),
        201,
      )
    }
    const scans = [await add('scan 1.txt'), await add('scan 2.txt')]
    const text = await settled(client, await add('typed.txt'))
    assert.equal(text.processing_status, 'completed')
    assert.ok(ocr.reading.size <= 1)
    ocr.release()
    for (const scan of scans) assert.equal((await settled(client, scan)).processing_status, 'completed')
    assert.deepEqual([...ocr.reading], ['scan 1.txt', 'scan 2.txt'])
  })
})
