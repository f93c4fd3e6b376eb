import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { openBody, useSessions } from './sessions.ts'

const sessions = useSessions()
const TEN = Buffer.from('0123456789')

/** Starts a request that appends ten bytes and stays open. Resolves when the request reads its body. */
const startAppend = async ({ append }: Awaited<ReturnType<typeof sessions.open>>) => {
  const body = openBody()
  const isRead = once(body, 'resume')
  const answer = append(0, body, { completes: 'at-end' })
  body.push(Buffer.from(TEN))
  await isRead
  return { body, answer }
}

describe('a query of the progress', () => {
  it('that fences ends the running request, and keeps its bytes', async () => {
    const upload = await sessions.open()
    const running = await startAppend(upload)
    assert.deepEqual(await upload.query({ fences: true }), { kind: 'resume', offset: 10, sizeBytes: null })
    assert.equal((await running.answer).kind, 'cut')
    assert.ok(running.body.destroyed)
    assert.equal((await upload.append(10, TEN, { completes: 'at-end' })).object?.sizeBytes, 20)
  })

  it('that does not fence leaves the running request alone', async () => {
    const upload = await sessions.open()
    const running = await startAppend(upload)
    assert.equal((await upload.query()).offset, 0)
    running.body.push(null)
    assert.equal((await running.answer).object?.sizeBytes, 10)
  })

  it('that fences answers for a session that was cancelled', async () => {
    const upload = await sessions.open()
    assert.deepEqual(await upload.cancel(), { kind: 'cancelled', isNew: true })
    assert.deepEqual(await upload.cancel(), { kind: 'cancelled', isNew: false })
    assert.deepEqual(await upload.query({ fences: true }), { kind: 'cancelled', isNew: false })
  })

  it('that fences returns the object of a complete upload', async () => {
    const upload = await sessions.open({ sizeBytes: 10 })
    await upload.append(0, TEN)
    assert.equal((await upload.query({ fences: true })).object?.sizeBytes, 10)
  })
})
