import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createKnownContents } from '../../src/operations/files/known-contents.ts'
import { registerFile } from '../../src/operations/files/register-file.ts'
import { PNG_SIGNATURE, useSessions } from './sessions.ts'

const sessions = useSessions()
const TEXT = Buffer.from('0123456789')

/** Completes an upload in one body, and returns a registration that counts its reads of stored bytes. */
async function upload(bytes: Buffer, contentType: string) {
  const { append, session } = await sessions.open({ contentType, sizeBytes: bytes.length })
  assert.equal((await append(0, bytes)).kind, 'object')
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
        sizeBytes: bytes.length,
        crc32c: null,
      }),
    reads: () => reads,
  }
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
