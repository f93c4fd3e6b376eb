import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { missingPackage } from '../../../extract/test/missing-package.ts'
import { pdfOf, scanOfPdf } from '../../../extract/test/sample-files.ts'
import { type Client, createClient } from '../api/client.ts'
import {
  createStore,
  dataOf,
  type SearchResults,
  type StoreFileObject,
  settled,
} from '../api/vector-store-bodies.ts'
import { startApp, type TestApp } from '../start-app.ts'

describe('a scan in a vector store', { skip: missingPackage() }, () => {
  let scan: Buffer
  before(async () => {
    scan = await scanOfPdf(pdfOf([['The harbour office'], ['counts the ships']]))
  })

  const cases = [
    { OCR: 'true', status: 'completed', message: null, found: 'The harbour office\ncounts the ships\n' },
    { OCR: 'false', status: 'failed', message: /Run OCR on it and upload the result/, found: undefined },
  ]
  for (const { OCR, status, message, found } of cases)
    describe(`with OCR=${OCR}`, () => {
      let server: TestApp
      let client: Client
      before(async () => {
        server = await startApp({ env: { OCR } })
        client = createClient(server)
      })
      after(() => server.stop())

      it(`is ${status}`, async () => {
        const store = await createStore(client)
        const { id } = await client.uploadFile({
          filename: 'scan.pdf',
          mimeType: 'application/pdf',
          bytes: scan,
        })
        const added = await client.post(`/vector-stores/${store.id}/files`, { file_id: id })
        const file = await settled(client, dataOf<StoreFileObject>(added, 201))
        assert.equal(file.processing_status, status)
        if (message === null) assert.equal(file.error_message, null)
        else assert.match(file.error_message ?? '', message)
        const answer = await client.post(`/vector-stores/${store.id}/search`, { query: 'ships' })
        assert.equal(dataOf<SearchResults>(answer).results[0]?.text, found)
      })
    })
})
