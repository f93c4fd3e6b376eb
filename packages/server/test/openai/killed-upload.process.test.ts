import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { MIB, randomPieces } from '../clients/random-file.ts'
import { startServer, type TestServer } from '../start-server.ts'
import type { UploadObject } from './upload-requests.ts'

const PART_BYTES = 2 * MIB
const PARTS = 6

describe('a killed process during an upload of parts', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server?.stop())

  const pieces = Array.from({ length: PARTS }, (_, index) =>
    Buffer.concat([...randomPieces(`killed ${index}`, PART_BYTES)]),
  )
  const md5 = createHash('md5').update(Buffer.concat(pieces)).digest('hex')

  const call = async <T>(method: string, path: string, body?: FormData | object): Promise<T> => {
    const isForm = body instanceof FormData
    const answer = await fetch(`${server.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${server.apiKey}`,
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    })
    assert.equal(answer.status, 200, await answer.clone().text())
    return (await answer.json()) as T
  }
  const addPart = async (uploadId: string, piece: Buffer): Promise<string> => {
    const form = new FormData()
    form.set('data', new Blob([piece as never]))
    return (await call<{ id: string }>('POST', `/uploads/${uploadId}/parts`, form)).id
  }
  /** Sends the first half of a part. Resolves when the server has taken it from the connection. */
  const beginPart = async (uploadId: string, piece: Buffer): Promise<void> => {
    const outgoing = request(`${server.url}/v1/uploads/${uploadId}/parts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.apiKey}`,
        'content-type': 'multipart/form-data; boundary=xyz',
      },
    })
    outgoing.on('error', () => {})
    outgoing.write('--xyz\r\nContent-Disposition: form-data; name="data"; filename="blob"\r\n\r\n')
    if (!outgoing.write(piece.subarray(0, PART_BYTES / 2))) await once(outgoing, 'drain')
  }

  it('loses no part that it has answered, and keeps none of the others', async () => {
    const { id } = await call<UploadObject>('POST', '/uploads', {
      filename: 'killed.bin',
      bytes: PARTS * PART_BYTES,
      purpose: 'user_data',
      mime_type: 'application/octet-stream',
    })
    const [first = Buffer.alloc(0), second = Buffer.alloc(0), ...others] = pieces
    const answered = await Promise.all(others.map((piece) => addPart(id, piece)))
    await Promise.all([beginPart(id, first), beginPart(id, second)])
    await server.kill('SIGKILL')
    server = await server.restart()
    const { data } = await call<{ data: { id: string }[] }>('GET', `/uploads/${id}/parts`)
    assert.deepEqual(data.map((part) => part.id).toSorted(), answered.toSorted())
    const part_ids = [await addPart(id, first), await addPart(id, second), ...answered]
    const upload = await call<UploadObject>('POST', `/uploads/${id}/complete`, { part_ids, md5 })
    assert.deepEqual([upload.status, upload.file?.bytes], ['completed', PARTS * PART_BYTES])
  })

  it('leaves an upload that can be completed again when it ends during a completion', async () => {
    const { id } = await call<UploadObject>('POST', '/uploads', {
      filename: 'killed.bin',
      bytes: PARTS * PART_BYTES,
      purpose: 'user_data',
      mime_type: 'application/octet-stream',
    })
    const part_ids = await Promise.all(pieces.map((piece) => addPart(id, piece)))
    const completing = call('POST', `/uploads/${id}/complete`, { part_ids, md5 }).catch(() => null)
    await server.kill('SIGKILL')
    await completing
    server = await server.restart()
    const { file } = await call<UploadObject>('POST', `/uploads/${id}/complete`, { part_ids, md5 })
    assert.equal(file?.bytes, PARTS * PART_BYTES)
  })
})
