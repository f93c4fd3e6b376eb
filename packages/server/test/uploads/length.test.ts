import assert from 'node:assert/strict'
import { once } from 'node:events'
import { afterEach, describe, it } from 'node:test'
import { bodyOf, MIB, openBody, useSessions } from './sessions.ts'

const sessions = useSessions()
const TEN = Buffer.from('0123456789')

describe('an upload without a length', () => {
  it('takes its length from a later request, and completes when all bytes are there', async () => {
    const { append, find } = await sessions.open()
    assert.deepEqual(await append(0, TEN), { kind: 'resume', offset: 10, sizeBytes: null })
    const { kind, object } = await append(10, TEN, { totalBytes: 20 })
    assert.deepEqual([kind, object?.sizeBytes], ['object', 20])
    assert.equal((await find()).sizeBytes, 20)
  })

  it('keeps the first length that a request told', async () => {
    const { append } = await sessions.open()
    const first = await append(0, TEN, { totalBytes: 30 })
    assert.deepEqual(first, { kind: 'resume', offset: 10, sizeBytes: 30 })
    const other = await append(10, TEN, { totalBytes: 31 })
    assert.deepEqual(other, { kind: 'other-length', sizeBytes: 30, offset: 10 })
    const beyond = await append(10, Buffer.alloc(21), { totalBytes: 31 })
    assert.equal(beyond.kind, 'other-length', 'also when the body would pass the length')
    assert.equal((await append(10, TEN, { totalBytes: 30 })).kind, 'resume')
  })

  it('does not take a length from a request that begins at another offset', async () => {
    const { append, find } = await sessions.open()
    assert.deepEqual(await append(5, TEN, { totalBytes: 15 }), { kind: 'gap', start: 5, offset: 0 })
    assert.equal((await find()).sizeBytes, null)
  })

  it('refuses a length below the received bytes, and one that the body would pass', async () => {
    const { append, find } = await sessions.open()
    await append(0, TEN)
    for (const totalBytes of [9, 19]) {
      const { kind, offset } = await append(10, TEN, { totalBytes })
      assert.deepEqual([kind, offset], ['wrong-size', 10])
    }
    const repeated = await append(0, TEN.subarray(0, 5), { totalBytes: 9, overlap: 'skip' })
    assert.deepEqual([repeated.kind, repeated.offset], ['wrong-size', 10])
    assert.equal((await find()).sizeBytes, null)
  })

  it('ends with the end of a body that is the end of the upload', async () => {
    const { append, find } = await sessions.open()
    await append(0, TEN, { completes: 'never' })
    const { kind, object } = await append(10, bodyOf(TEN), { completes: 'at-end' })
    assert.deepEqual([kind, object?.sizeBytes], ['object', 20])
    assert.equal((await find()).sizeBytes, 20)
  })

  it('ends at its offset when a query tells that length', async () => {
    const { append, query } = await sessions.open()
    await append(0, TEN)
    const early = await query({ totalBytes: 11, completes: true })
    assert.deepEqual(early, { kind: 'resume', offset: 10, sizeBytes: null })
    assert.equal((await query({ totalBytes: 10, completes: true })).object?.sizeBytes, 10)
  })

  it('can end without a byte', async () => {
    const { append } = await sessions.open()
    assert.equal((await append(0, Buffer.alloc(0), { completes: 'at-end' })).object?.sizeBytes, 0)
  })

  it('is refused beyond the limit of its creation', async () => {
    const { append, session } = await sessions.open()
    const { maxSizeBytes } = session
    const told = await append(0, TEN, { totalBytes: maxSizeBytes + 1 })
    assert.deepEqual(told, { kind: 'too-large', maxBytes: maxSizeBytes, offset: 0 })
    const declared = await append(0, openBody(), { bodyBytes: maxSizeBytes + 1 })
    assert.equal(declared.kind, 'too-large')
    assert.equal((await append(0, TEN, { totalBytes: 10 })).kind, 'object')
  })
})

describe('an upload with a length', () => {
  it('completes without a byte when the length is 0', async () => {
    const { append } = await sessions.open({ sizeBytes: 0 })
    assert.equal((await append(0, Buffer.alloc(0))).object?.sizeBytes, 0)
  })

  it('waits at its length for a request that completes it', async () => {
    const { append, query } = await sessions.open({ sizeBytes: 10 })
    const whole = { kind: 'resume', offset: 10, sizeBytes: 10 }
    assert.deepEqual(await append(0, TEN, { completes: 'never' }), whole)
    assert.deepEqual(await query({ fences: true }), whole)
    assert.equal((await append(10, bodyOf(Buffer.alloc(0)), { completes: 'at-end' })).kind, 'object')
  })

  it('is completed by a fencing query of a protocol that completes at the length', async () => {
    const { append, query } = await sessions.open({ sizeBytes: 10 })
    await append(0, TEN, { completes: 'never' })
    assert.equal((await query({ fences: true, completes: true })).kind, 'object')
  })

  it('keeps the bytes of a body that ends the upload too early', async () => {
    const { append } = await sessions.open({ sizeBytes: 30 })
    const early = await append(0, TEN, { completes: 'at-end' })
    assert.deepEqual(early, { kind: 'wrong-size', sizeBytes: 30, offset: 10 })
    assert.equal((await append(10, Buffer.alloc(20))).kind, 'object')
  })

  it('refuses a declared body beyond its length without reading it', async () => {
    const { append } = await sessions.open({ sizeBytes: 5 })
    const body = openBody()
    const refused = await append(0, body, { bodyBytes: 6, overrun: 'fail' })
    assert.deepEqual(refused, { kind: 'wrong-size', sizeBytes: 5, offset: 0 })
    assert.ok(!body.destroyed)
    assert.equal((await append(0, TEN.subarray(0, 5))).kind, 'object')
  })

  it('keeps nothing of a body that passes the length without declaring its own', async () => {
    const { append, query } = await sessions.open({ sizeBytes: 15 })
    await append(0, TEN)
    const passed = await append(10, bodyOf(TEN))
    assert.deepEqual(passed, { kind: 'wrong-size', sizeBytes: 15, offset: 10 })
    assert.deepEqual(await query(), { kind: 'resume', offset: 10, sizeBytes: 15 })
  })

  it('is dead after such a body when the protocol says so', async () => {
    const before = await sessions.usage()
    const { append, query } = await sessions.open({ sizeBytes: 15, reservedBytes: 15 })
    await append(0, TEN)
    assert.equal((await append(10, bodyOf(TEN), { overrun: 'fail' })).kind, 'wrong-size')
    assert.deepEqual(await query(), { kind: 'dead', failure: null })
    assert.deepEqual(await sessions.usage(), before)
  })

  it('keeps the reason of such an end when it registers by itself', async () => {
    const before = await sessions.usage()
    const self = { registers: 'when-complete', sizeBytes: 15, reservedBytes: 15 } as const
    const { append, query } = await sessions.open(self)
    assert.equal((await append(0, bodyOf(Buffer.alloc(16)), { overrun: 'fail' })).kind, 'wrong-size')
    const failure = { code: 'FILE_TOO_LARGE', message: 'the upload has more than 15 bytes' }
    assert.deepEqual(await query(), { kind: 'dead', failure })
    assert.deepEqual(await sessions.usage(), before)
  })
})

describe('the reservation of an upload without a length', () => {
  afterEach(() => sessions.leaveRoom(null))
  const reserved = async () => (await sessions.usage()).reserved

  it('grows in steps of 16 MiB, and becomes the length at the end', async () => {
    const before = await reserved()
    const { append, find } = await sessions.open({ reservedBytes: 10 })
    assert.equal((await reserved()) - before, 10)
    await append(0, TEN)
    assert.equal((await reserved()) - before, 10)
    await append(10, TEN)
    assert.equal((await reserved()) - before, 16 * MIB)
    await append(20, bodyOf(Buffer.alloc(17 * MIB)))
    assert.equal((await reserved()) - before, 32 * MIB)
    await append(20 + 17 * MIB, TEN, { completes: 'at-end' })
    assert.equal((await reserved()) - before, 30 + 17 * MIB)
    assert.equal((await find()).reservedBytes, 30 + 17 * MIB)
  })

  it('refuses a declared body beyond the quota before it is read, and continues when there is space', async () => {
    const { append } = await sessions.open()
    await append(0, TEN)
    await sessions.leaveRoom(0)
    const body = openBody()
    assert.deepEqual(await append(10, body, { bodyBytes: 17 * MIB }), { kind: 'no-room', offset: 10 })
    assert.ok(!body.destroyed)
    await sessions.leaveRoom(2 * MIB)
    const continued = await append(10, Buffer.alloc(17 * MIB))
    assert.deepEqual(continued, { kind: 'resume', offset: 10 + 17 * MIB, sizeBytes: null })
  })

  it('keeps the bytes of a body without a declared length up to the quota', async () => {
    const { append } = await sessions.open()
    await sessions.leaveRoom(3 * MIB)
    const cut = await append(0, bodyOf(Buffer.alloc(5 * MIB)))
    assert.deepEqual(cut, { kind: 'no-room', offset: 3 * MIB })
    await sessions.leaveRoom(2 * MIB)
    assert.equal((await append(3 * MIB, bodyOf(Buffer.alloc(2 * MIB)))).offset, 5 * MIB)
  })

  it('is the upper bound of what a lost connection leaves', async () => {
    const { append, find, query } = await sessions.open()
    const body = openBody()
    const isRead = once(body, 'resume')
    const appending = append(0, body)
    body.push(Buffer.alloc(MIB))
    await isRead
    body.destroy()
    assert.equal((await appending).kind, 'cut')
    assert.equal((await query({ fences: true })).offset, MIB)
    assert.equal((await find()).reservedBytes, 16 * MIB)
  })

  it('still grows for the bytes of a lost connection', async () => {
    const { append, query } = await sessions.open({ reservedBytes: 1 })
    const body = openBody()
    const isRead = once(body, 'resume')
    const appending = append(0, body)
    body.push(TEN)
    await isRead
    body.destroy()
    assert.equal((await appending).kind, 'cut')
    assert.equal((await query({ fences: true })).offset, 10)
  })

  it('is not needed for a body without a byte', async () => {
    const { append } = await sessions.open()
    await append(0, TEN)
    await sessions.leaveRoom(0)
    assert.equal((await append(10, bodyOf(Buffer.alloc(0)), { completes: 'at-end' })).object?.sizeBytes, 10)
  })

  it('refuses a length beyond the quota, and leaves it unknown', async () => {
    const { append, find } = await sessions.open()
    await sessions.leaveRoom(100)
    assert.deepEqual(await append(0, TEN, { totalBytes: 101 }), { kind: 'no-room', offset: 0 })
    assert.equal((await find()).sizeBytes, null)
    assert.equal((await append(0, TEN, { totalBytes: 100 })).kind, 'resume')
  })

  it('is released with a cancelled session', async () => {
    const { append, session } = await sessions.open()
    const before = await reserved()
    await append(0, TEN)
    const { database, now } = sessions.context
    await database.uploadSessions.cancel(session.organizationId, session.fileId, now())
    assert.equal(await reserved(), before)
  })
})
