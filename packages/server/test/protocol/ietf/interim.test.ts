import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startApp } from '../../start-app.ts'
import { type Answer, encodeChunks, LAST_CHUNK, openConnection, requestHead } from '../exchange.ts'
import { useIetf } from './ietf.ts'

const PIECE = Buffer.alloc(1024)

describe('A request of the IETF protocol whose body takes long', () => {
  const onDisk = useIetf({}, () => startApp({ isOnDisk: true }))

  it('gets the durable offset in interim responses, without Location', async () => {
    const url = await onDisk.open()
    const connection = await openConnection(url)
    const headers = {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': '0',
      'Upload-Complete': '?0',
      'Upload-Draft-Interop-Version': '8',
    }
    await connection.write(requestHead(url, { method: 'PATCH', headers, transfer: 'chunked' }, 0))
    let interim: Answer | null = null
    const arrived = connection.answer().then((answer) => {
      interim = answer
    })
    let sentBytes = 0
    // The service reports what is durable about once in a second.
    while (interim === null) {
      await connection.write(encodeChunks(PIECE))
      sentBytes += PIECE.length
      await Promise.race([arrived, setTimeout(10)])
    }
    interim = interim as Answer
    assert.equal(interim.status, 104)
    assert.ok(Number(interim.headers['upload-offset']) > 0)
    assert.equal(interim.headers['upload-draft-interop-version'], '8')
    assert.equal(interim.headers.location, undefined)
    await connection.write(LAST_CHUNK)
    let last = await connection.answer()
    while (last.status === 104) last = await connection.answer()
    assert.equal(last.status, 204)
    assert.equal(last.headers['upload-offset'], String(sentBytes))
  })

  it('gets the offset of all its bytes while the client pauses', async () => {
    const url = await onDisk.open()
    const connection = await openConnection(url)
    const headers = {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': '0',
      'Upload-Complete': '?0',
      'Upload-Draft-Interop-Version': '8',
    }
    await connection.write(requestHead(url, { method: 'PATCH', headers, transfer: 'chunked' }, 0))
    for (const end of [PIECE.length, 2 * PIECE.length]) {
      await connection.write(encodeChunks(PIECE))
      const interim = await connection.answer()
      assert.deepEqual([interim.status, interim.headers['upload-offset']], [104, String(end)])
    }
    await connection.write(LAST_CHUNK)
    assert.equal((await connection.answer()).status, 204)
  })

  it('gets 104 before 100 when it waits to continue', async () => {
    const url = `${onDisk.app.baseUrl}/files/resumable`
    const connection = await openConnection(url)
    const headers = {
      'X-API-Key': onDisk.app.apiKey,
      'Upload-Complete': '?1',
      'Upload-Draft-Interop-Version': '8',
      'Content-Length': '5',
      Expect: '100-continue',
    }
    await connection.write(requestHead(url, { method: 'POST', headers, transfer: 'no body' }, 0))
    const first = await connection.answer()
    assert.deepEqual([first.status, first.statusMessage], [104, 'Upload Resumption Supported'])
    onDisk.hide(first.headers.location)
    assert.equal((await connection.answer()).status, 100)
    await connection.write('hello')
    assert.equal((await connection.answer()).status, 201)
  })
})

describe('Interim responses of version 6', () => {
  const server = useIetf({ RUFH_INTEROP: '6,8' })

  it('have the version of the request when the operator allows it', async () => {
    const headers = { 'Upload-Complete': '?0', 'Upload-Draft-Interop-Version': '6' }
    const { interim, status } = await server.create(headers, { bytes: 'hello' })
    assert.equal(status, 201)
    assert.equal(interim[0]?.headers['upload-draft-interop-version'], '6')
  })
})
