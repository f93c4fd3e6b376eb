import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { assertObject, md5, send, someBytes, useServer } from './session.ts'

const server = useServer({ UPLOAD_CHECKSUMS: 'md5' })
const object = someBytes(300_000)

it('computes the checksums of UPLOAD_CHECKSUMS for every upload, in addition to the requested ones', async () => {
  for (const [checksums, sha256Hash] of [
    [undefined, undefined],
    [['sha256'], createHash('sha256').update(object).digest('base64')],
  ] as const) {
    const session = await server.open(object.length, undefined, checksums)
    const stored = assertObject(await send(session, { body: object }), session, object)
    assert.deepEqual([stored.md5Hash, stored.sha256Hash], [md5(object), sha256Hash])
  }
  const form = new FormData()
  form.set('file', new Blob(['123456789'], { type: 'text/plain' }), 'digits.txt')
  const answer = await fetch(`${server.baseUrl}/files/upload`, {
    method: 'POST',
    headers: { 'X-API-Key': server.apiKey },
    body: form,
  })
  const file = (await answer.json()) as { md5: string; sha256: null }
  assert.deepEqual([file.md5, file.sha256], ['25f9e794323b453885f5181f1b624d0b', null])
})
