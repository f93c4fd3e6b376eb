import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type FollowedEvent, PermissionError, type Waybill } from '../src/waybill.ts'
import { startService, type TestService } from './start-service.ts'

describe('events of the client', () => {
  let service: TestService
  let client: Waybill
  before(async () => {
    service = await startService()
    client = service.client()
  })
  after(() => service.stop())

  const upload = async (name: string) =>
    (await client.files.upload(new Blob([name]), { filename: name, mimeType: 'text/plain' })).id

  it('are followed from the moment that the stream is open, and again from a cursor', async () => {
    const ending = new AbortController()
    const opened = Promise.withResolvers<string>()
    const stream = client.events.follow({ signal: ending.signal, onOpen: opened.resolve })
    const events = stream[Symbol.asyncIterator]()
    const first = events.next()
    const cursor = await opened.promise
    const ids = [await upload('a.txt'), await upload('b.txt')]
    const followed = [await first, await events.next()]
    assert.deepEqual(
      followed.map(({ value }) => value?.data.id),
      ids,
    )
    ending.abort()
    await assert.rejects(events.next(), { name: 'AbortError' })

    const again: FollowedEvent[] = []
    for await (const event of client.events.follow({ after: cursor, types: ['file.created'] })) {
      if (again.push(event) === ids.length) break
    }
    assert.deepEqual(
      again.map(({ data }) => data.id),
      ids,
    )
  })

  it('are refused to a key that may not read them', async () => {
    const { key } = await client.apiKeys.create({ key_name: 'Writer', scopes: ['files:write'] })
    const events = service.client({ apiKey: key }).events.follow()[Symbol.asyncIterator]()
    await assert.rejects(events.next(), PermissionError)
  })
})
