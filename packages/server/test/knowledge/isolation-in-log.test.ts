import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createClient } from '../api/client.ts'
import { createStore, indexText } from '../api/vector-store-bodies.ts'
import { startApp } from '../start-app.ts'

it('the log says once, with the first file, if the processes that read files have a network', async () => {
  const server = await startApp()
  try {
    const lines = () =>
      server.output().match(/the processes that read files have (no network|network access)/g)
    assert.equal(lines(), null)
    const client = createClient(server)
    const store = await createStore(client)
    await indexText(client, store.id, 'one')
    await indexText(client, store.id, 'two')
    assert.equal(lines()?.length, 1)
  } finally {
    await server.stop()
  }
})
