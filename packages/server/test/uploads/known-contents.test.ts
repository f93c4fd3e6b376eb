import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { UploadSession } from '../../src/domain/uploads/upload-session.ts'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { registerFile } from '../../src/operations/files/register-file.ts'
import { createRequestOrder } from '../../src/operations/uploads/request-order.ts'
import { PNG_SIGNATURE, useSessions } from './sessions.ts'

const sessions = useSessions()
const TEXT = Buffer.from('0123456789')

/** Completes an upload in one body, and returns a registration that counts its reads of stored bytes. */
async function upload(bytes: Buffer, contentType: string) {
  const { append, session } = await sessions.open({ contentType, sizeBytes: bytes.length })
  assert.equal((await append(0, bytes)).kind, 'object')
  return countedRegistration(session, bytes.length)
}

function countedRegistration(session: UploadSession, sizeBytes: number) {
  let reads = 0
  const { storage } = sessions.context
  const counted: typeof storage = {
    ...storage,
    read: (...object) => {
      reads++
      return storage.read(...object)
    },
  }
  return {
    register: (context = sessions.context) =>
      registerFile({ ...context, storage: counted }, sessions.installation.caller, {
        ...session,
        sizeBytes,
        crc32c: null,
      }),
    reads: () => reads,
  }
}

/** Returns a body that stays open until the test ends it, and a promise that the storage has its first bytes. */
function begunBody(first: Buffer) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isRead = false
  const body = new Readable({
    highWaterMark: 1,
    read() {
      if (isRead) resolve()
      else this.push(Buffer.from(first))
      isRead = true
    },
  })
  return { body, isTaken: promise }
}

describe('the registration of a small upload', () => {
  it('reads no bytes in the process that received them', async () => {
    const { register, reads } = await upload(PNG_SIGNATURE, 'image/png')
    assert.equal((await register()).detectedContentType, 'image/png')
    assert.equal(reads(), 0)
  })

  it('reads the bytes in another process', async () => {
    const { register, reads } = await upload(PNG_SIGNATURE, 'image/png')
    const file = await register({ ...sessions.context, contents: createKnownContents() })
    assert.equal(file.detectedContentType, 'image/png')
    assert.equal(reads(), 1)
  })

  it('is refused by what is known, and again by what is read', async () => {
    const { register, reads } = await upload(TEXT, 'image/png')
    await assert.rejects(register(), { code: 'FILE_TYPE_MISMATCH' })
    assert.equal(reads(), 0)
    await assert.rejects(register(), { code: 'FILE_TYPE_MISMATCH' })
    assert.equal(reads(), 1)
  })
})

it('a registration finds the type of the stored bytes when two processes receive different ones at once', async () => {
  const script = Buffer.alloc(PNG_SIGNATURE.length, '<script>')
  const { append, appendIn, session } = await sessions.open({
    contentType: 'image/png',
    sizeBytes: PNG_SIGNATURE.length,
  })
  const storage = await openStorage({ kind: 'disk', directory: sessions.installation.objects })
  const other = { contents: createKnownContents(), requestOrder: createRequestOrder() }
  const { body, isTaken } = begunBody(PNG_SIGNATURE)
  const late = append(0, body, { bodyBytes: PNG_SIGNATURE.length })
  await isTaken
  assert.equal((await appendIn({ ...sessions.context, ...other, storage }, 0, script)).kind, 'object')
  body.push(null)
  assert.equal((await late).kind, 'object')
  await storage.close()
  const stored = await buffer(await sessions.context.storage.read(session.objectName))
  assert.equal(stored.toString(), script.toString())
  const { register, reads } = countedRegistration(session, script.length)
  await assert.rejects(register(), { code: 'FILE_TYPE_MISMATCH' })
  assert.equal(reads(), 1)
})

describe('the bytes that are collected for a registration', () => {
  /** More than is left while a body is collected. */
  const ALL_BYTES = 4 * 1024 * 1024
  const isAllFree = () => {
    const { contents } = sessions.context
    if (!contents.reserve(ALL_BYTES)) return false
    contents.release(ALL_BYTES)
    return true
  }

  it('are kept until the end of a body that is a whole upload', async () => {
    const { append } = await sessions.open({ sizeBytes: 20 })
    const { body, isTaken } = begunBody(TEXT)
    const answer = append(0, body, { bodyBytes: 20 })
    await isTaken
    assert.equal(isAllFree(), false)
    body.push(Buffer.from(TEXT))
    body.push(null)
    assert.equal((await answer).kind, 'object')
    assert.equal(isAllFree(), true)
  })

  for (const [what, sizeBytes, bodyBytes, completes] of [
    ['a part of a longer upload', 1_000_000, 20, 'at-length'],
    ['the first bytes of an upload of unknown length', null, 20, 'at-length'],
    ['an upload that another request completes', 20, 20, 'never'],
    ['an upload that is not small', 65_537, 65_537, 'at-length'],
  ] as const) {
    it(`are none of a body that is ${what}`, async () => {
      const { append } = await sessions.open({ sizeBytes })
      const { body, isTaken } = begunBody(TEXT)
      const answer = append(0, body, { bodyBytes, completes })
      await isTaken
      assert.equal(isAllFree(), true)
      body.destroy()
      assert.equal((await answer).kind, 'cut')
    })
  }

  it('are released, and not used, when the body is cut', async () => {
    const { append, session } = await sessions.open({ contentType: 'text/plain', sizeBytes: 20 })
    const { body, isTaken } = begunBody(TEXT)
    const cut = append(0, body, { bodyBytes: 20 })
    await isTaken
    body.destroy()
    assert.equal((await cut).kind, 'cut')
    assert.equal(isAllFree(), true)
    assert.equal((await append(10, TEXT)).kind, 'object')
    const { register, reads } = countedRegistration(session, 20)
    await register()
    assert.equal(reads(), 1)
  })

  it('are limited: beyond it, a registration reads the object', async () => {
    const { contents } = sessions.context
    assert.ok(contents.reserve(ALL_BYTES))
    const { register, reads } = await upload(PNG_SIGNATURE, 'image/png')
    contents.release(ALL_BYTES)
    assert.equal((await register()).detectedContentType, 'image/png')
    assert.equal(reads(), 1)
  })
})

describe('the known contents of a process', () => {
  const evidence = { signature: null, detected: null, isText: true, active: null, zipPackage: null }
  const objectOf = (index: number) => ({ name: `files/${index}`, generation: '1' })

  it('are given once, and only for the same version of an object', () => {
    const contents = createKnownContents()
    contents.add(objectOf(1), evidence)
    assert.equal(contents.take({ ...objectOf(1), generation: '2' }), null)
    assert.equal(contents.take(objectOf(1)), evidence)
    assert.equal(contents.take(objectOf(1)), null)
  })

  it('are limited: the oldest one is forgotten', () => {
    const contents = createKnownContents()
    for (let index = 0; index <= 4096; index++) contents.add(objectOf(index), evidence)
    assert.equal(contents.take(objectOf(0)), null)
    assert.equal(contents.take(objectOf(1)), evidence)
  })
})
