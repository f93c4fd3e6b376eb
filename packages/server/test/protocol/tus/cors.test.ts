import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exchange } from '../exchange.ts'
import { SIDE_BY_SIDE } from '../session.ts'
import { BYTES_TYPE, patch, useTus, VERSION } from './tus.ts'

const CONSOLE = 'https://console.example'
const APP = 'https://app.example'
/** Headers that the usual clients send. */
const ASKED = 'content-type,tus-resumable,upload-length,upload-metadata,upload-offset,x-api-key,x-request-id'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Response headers that the usual clients read. */
const READ = [
  'location',
  'upload-offset',
  'upload-length',
  'upload-expires',
  'upload-metadata',
  'tus-resumable',
]

const named = useTus({ CORS_ORIGINS: CONSOLE })
const unnamed = useTus()

const listOf = (value: string | undefined) => (value ?? '').split(/, */)
const preflight = (url: string, origin: string, method: string, headers = ASKED) =>
  exchange(url, {
    method: 'OPTIONS',
    transfer: 'no body',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': method,
      ...(headers && { 'Access-Control-Request-Headers': headers }),
    },
  })
const exposedBy = (headers: Readonly<Record<string, string>>) =>
  listOf(headers['access-control-expose-headers']?.toLowerCase())

describe('A page of any origin', SIDE_BY_SIDE, () => {
  it('may send every method and header to a session URL', async () => {
    const { url } = await unnamed.open(3)
    const { status, headers } = await preflight(url, APP, 'PATCH')
    assert.equal(status, 204)
    assert.equal(headers['access-control-allow-origin'], APP)
    assert.deepEqual(listOf(headers['access-control-allow-methods']), METHODS)
    assert.equal(headers['access-control-allow-headers'], ASKED)
    assert.equal(headers['access-control-max-age'], '7200')
    assert.equal(headers['tus-version'], '1.0.0')
  })

  it('learns the headers of the protocols when it asks for none', async () => {
    const { url } = await unnamed.open(3)
    const { headers } = await preflight(url, APP, 'PATCH', '')
    const allowed = listOf(headers['access-control-allow-headers']?.toLowerCase())
    for (const name of ASKED.split(',')) assert.ok(allowed.includes(name), name)
  })

  it('can read the answers of a session URL, errors too', async () => {
    const { url } = await unnamed.open(3)
    for (const [offset, status] of [
      [1, 409],
      [0, 204],
    ] as const) {
      const answer = await patch(url, offset, 'abc', { Origin: APP })
      assert.equal(answer.status, status)
      assert.equal(answer.headers['access-control-allow-origin'], APP)
      for (const name of READ) assert.ok(exposedBy(answer.headers).includes(name), name)
    }
  })

  it('may not use the creation URL, for which it would need a key', async () => {
    const url = `${named.app.baseUrl}/files/tus`
    const { headers } = await preflight(url, APP, 'POST')
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.equal(
      (await preflight(`${unnamed.app.baseUrl}/files/tus`, APP, 'POST')).headers[
        'access-control-allow-origin'
      ],
      undefined,
    )
  })
})

describe('A page of CORS_ORIGINS', SIDE_BY_SIDE, () => {
  it('may create uploads', async () => {
    const url = `${named.app.baseUrl}/files/tus`
    const { status, headers } = await preflight(url, CONSOLE, 'POST')
    assert.equal(status, 204)
    assert.equal(headers['access-control-allow-origin'], CONSOLE)
    assert.deepEqual(listOf(headers['access-control-allow-methods']), METHODS)
    assert.equal(headers['access-control-allow-headers'], ASKED)
    assert.equal(headers['tus-version'], '1.0.0')
  })

  it('can read the answers of the creation URL, errors too', async () => {
    for (const [length, status] of [
      ['3', 201],
      ['x', 400],
    ] as const) {
      const answer = await named.create({ Origin: CONSOLE, 'Upload-Length': length })
      assert.equal(answer.status, status, answer.body)
      assert.equal(answer.headers['access-control-allow-origin'], CONSOLE)
      for (const name of READ) assert.ok(exposedBy(answer.headers).includes(name), name)
    }
    const unversioned = await named.create({ Origin: CONSOLE, ...BYTES_TYPE, 'Tus-Resumable': '' })
    assert.equal(unversioned.status, 412)
    assert.equal(unversioned.headers['access-control-allow-origin'], CONSOLE)
  })

  it('is not needed for OPTIONS of a client that is no browser', async () => {
    for (const { app } of [named, unnamed]) {
      const url = `${app.baseUrl}/files/tus`
      const { status, headers } = await exchange(url, {
        method: 'OPTIONS',
        transfer: 'no body',
        headers: VERSION,
      })
      assert.equal(status, 204)
      assert.equal(headers['tus-version'], '1.0.0')
    }
  })
})
