import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, formOf, send } from './exchange.ts'

describe('an Idempotency-Key of the OpenAI API', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
  })
  after(() => server?.stop())

  const create = (key: string, body: object = { name: 'once' }, apiKey?: string) =>
    send(server, 'POST', '/vector_stores', {
      body,
      headers: { 'idempotency-key': key },
      ...(apiKey === undefined ? {} : { apiKey }),
    })
  const idOf = async (answer: ReturnType<typeof create>) => json<{ id: string }>(await answer).id

  it('makes one store of repeated requests, also of concurrent ones', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create('a')))
    answers.push(await create('a'))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    )
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1)
    assert.match(String(answers[3]?.headers['content-type']), /^application\/json/)
    assert.notEqual(await idOf(create('b')), json<{ id: string }>(answers[0] ?? assert.fail()).id)
  })

  it('belongs to one request and one API key', async () => {
    const first = await idOf(create('mine'))
    assertError(await create('mine', { name: 'other' }), 400, {
      code: 'invalid_value',
      param: 'Idempotency-Key',
    })
    const { apiKey } = await server.addOrganization('org_other')
    assert.notEqual(await idOf(create('mine', undefined, apiKey)), first)
    assertError(await create('x'.repeat(256)), 400, { param: 'Idempotency-Key' })
  })

  it('can be used again after a refusal', async () => {
    assertError(await create('again', { name: 1 }), 400, { param: 'name' })
    assert.equal((await create('again')).status, 200)
  })

  it('makes one File of a repeated upload', async () => {
    const body = formOf(
      [
        { name: 'file', value: 'hello', filename: 'a.txt' },
        { name: 'purpose', value: 'vision' },
      ],
      'xyz',
    )
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz', 'idempotency-key': 'file' }
    const upload = () => send(server, 'POST', '/files', { body, headers })
    const [first, second] = [await upload(), await upload()]
    assert.equal(first.status, 200, first.bytes.toString())
    assert.deepEqual(second.bytes, first.bytes)
    const { data } = json<{ data: object[] }>(await send(server, 'GET', '/files'))
    assert.equal(data.length, 1)
  })
})
