import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import {
  BAD_FILE_SIZES,
  BAD_FILENAMES,
  BAD_MIME_TYPES,
  GOOD_FILENAMES,
  MALFORMED_MIME_TYPES,
} from './bad-fields.ts'
import { type Client, createClient, type FileObject, putObject, textFile } from './client.ts'
import { assertError, assertFieldError, assertRefused, errorOf, ISO_UTC } from './envelope.ts'
import { json } from './exchange.ts'
import { png } from './sample-files.ts'

const CHUNK_BYTES = 256 * 1024
// The check value of CRC-32C over "123456789", and the one of RFC 3720 over 32 zeros, in base64.
const NINE_DIGITS = { text: '123456789', crc32c: '4waSgw==' }
const ZEROS_CRC32C = 'ipE2qg=='

describe('POST /files', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  describe('registers an object', () => {
    it('and answers with the complete File', async () => {
      const startMs = Date.now()
      const upload = await client.storeObject(textFile('digits.txt', NINE_DIGITS.text))
      const answer = await client.register(upload.register)
      assert.equal(answer.status, 201)
      const { uploaded_at, uploaded_by_api_key_id, ...file } = json<FileObject>(answer)
      assert.deepEqual(file, {
        id: upload.fileId,
        original_filename: 'digits.txt',
        file_size: 9,
        mime_type: 'text/plain',
        detected_mime_type: null,
        storage_path: `files/${client.organizationId}/${upload.fileId}/digits.txt`,
        organization_id: client.organizationId,
        uploaded_by: null,
        expires_at: null,
        damaged_at: null,
        crc32c: NINE_DIGITS.crc32c,
        md5: null,
        sha256: null,
        path: null,
        metadata: {},
        trashed_at: null,
      })
      assert.match(String(uploaded_by_api_key_id), /^ak_[A-Za-z0-9]{1,64}$/)
      assert.match(uploaded_at, ISO_UTC)
      assert.ok(Date.parse(uploaded_at) >= startMs - 1000 && Date.parse(uploaded_at) <= Date.now() + 1000)
    })

    it('with the checksum of the stored bytes', async () => {
      const bytes = Buffer.alloc(32)
      const file = await client.uploadFile({ filename: 'z', mimeType: 'application/octet-stream', bytes })
      assert.equal(file.crc32c, ZEROS_CRC32C)
    })

    describe('under the given name', { concurrency: 8 }, () => {
      for (const [title, filename] of GOOD_FILENAMES) {
        it(title, async () => {
          const file = await client.uploadFile(textFile(filename))
          assert.equal(file.original_filename, filename)
          const again = json<FileObject>(await client.get(`/files/${file.id}`))
          assert.deepEqual(again, file)
        })
      }
    })

    it('and closes its session', async () => {
      assert.equal(await client.countUploads(), 0)
    })
  })

  describe('first checks the body', () => {
    const body = { filename: 'a.txt', gcs_path: 'unknown', file_size: 1, mime_type: 'text/plain' }
    let filesBefore: number
    let uploadsBefore: number

    before(async () => {
      filesBefore = await client.countFiles()
      uploadsBefore = await client.countUploads()
    })

    const fields = { filename: BAD_FILENAMES, file_size: BAD_FILE_SIZES, mime_type: BAD_MIME_TYPES }
    for (const [field, values] of Object.entries(fields)) {
      for (const [title, value] of values) {
        it(`${field}: ${title}`, async () => {
          assertFieldError(await client.register({ ...body, [field]: value }), field)
        })
      }
    }

    it('an invalid mime_type, and leaves the session open', async () => {
      const { register } = await client.storeObject(textFile())
      for (const [, mime_type] of MALFORMED_MIME_TYPES) {
        assertRefused(await client.register({ ...register, mime_type }), [422])
      }
    })

    const badPaths: readonly [title: string, value: unknown][] = [
      ['missing', undefined],
      ['null', null],
      ['a number', 5],
      ['an array', []],
      ['an object', {}],
    ]
    for (const [title, value] of badPaths) {
      it(`gcs_path: ${title}`, async () => {
        assertFieldError(await client.register({ ...body, gcs_path: value }), 'gcs_path')
      })
    }

    for (const text of ['null', '[]', '"text"', '5', '{}']) {
      it(`a body of ${text}`, async () => {
        assertError(await client.register(text), 422, 'VALIDATION_ERROR')
      })
    }

    it('and stores nothing of such a request', async () => {
      assert.equal(await client.countFiles(), filesBefore)
      assert.equal(await client.countUploads(), uploadsBefore + 1)
    })

    it('even when the path is valid and the file exists', async () => {
      const upload = await client.storeObject(textFile('checked-first.txt'))
      assertFieldError(await client.register({ ...upload.register, file_size: 0 }), 'file_size')
      assert.equal((await client.register(upload.register)).status, 201)
      assertFieldError(await client.register({ ...upload.register, file_size: '5' }), 'file_size')
    })
  })

  describe('second checks that the path was issued to this organization', () => {
    const strangePaths = [
      ...['', 'x', '/', '.', '..', '../../etc/passwd', '/etc/passwd', 'C:\\boot.ini', 'file:///etc/passwd'],
      ...['gs://bucket/object', 'https://example.com/x', 'files/org_a/file_b/c.txt', 'files/%2e%2e/x', '*'],
      ...['\u0000', 'a\u0000b', 'a\nb', 'a\ud800b', '😀', 'a'.repeat(5000), "' OR '1'='1", '{{x}}'],
    ]
    for (const path of strangePaths) {
      it(`not ${JSON.stringify(path).slice(0, 60)}`, async () => {
        const body = { filename: 'c.txt', gcs_path: path, file_size: 1, mime_type: 'text/plain' }
        assertError(await client.register(body), 404, 'UPLOAD_NOT_FOUND')
      })
    }

    const variations: readonly [title: string, vary: (path: string) => string][] = [
      ['a slash at the end', (path) => `${path}/`],
      ['a slash in front', (path) => `/${path}`],
      ['a space at the end', (path) => `${path} `],
      ['another case', (path) => path.toUpperCase()],
      ['a detour', (path) => path.replace('/', '/./')],
      ['a doubled slash', (path) => path.replace('/', '//')],
      ['percent-encoding', (path) => path.replaceAll('/', '%2F')],
      ['the last character missing', (path) => path.slice(0, -1)],
      ['only its folder', (path) => path.slice(0, path.lastIndexOf('/') + 1)],
      ['NUL at the end', (path) => `${path}\u0000`],
      ['a wildcard', (path) => `${path.slice(0, -1)}_`],
    ]
    for (const [title, vary] of variations) {
      it(`not one that differs by ${title}`, async () => {
        const { register } = await client.storeObject(textFile('varied.txt'))
        const body = { ...register, gcs_path: vary(register.gcs_path) }
        assertError(await client.register(body), 404, 'UPLOAD_NOT_FOUND')
      })
    }

    it('not under another name', async () => {
      const { register } = await client.storeObject(textFile('cafe\u0301.txt'))
      for (const filename of ['other.txt', 'cafe.txt', 'Cafe\u0301.txt', 'cafe\u0301.txt ']) {
        assertError(await client.register({ ...register, filename }), 404, 'UPLOAD_NOT_FOUND')
      }
      assert.equal((await client.register(register)).status, 201)
    })

    for (const [declared, spelling] of [
      ['cafe\u0301.txt', 'caf\u00e9.txt'],
      ['caf\u00e9.txt', 'cafe\u0301.txt'],
    ] as const) {
      it(`and treats ${encodeURI(spelling)} as another spelling of ${encodeURI(declared)}`, async () => {
        const { register } = await client.storeObject(textFile(declared))
        const first = await client.register({ ...register, filename: spelling })
        assert.equal(first.status, 201)
        assert.equal(json<FileObject>(first).original_filename, declared)
        assert.deepEqual(json(await client.register(register)), json(first))
      })
    }
  })

  describe('third checks if the file exists already', () => {
    it('and answers the same request with the same File', async () => {
      const upload = await client.storeObject(textFile('twice.txt'))
      const first = await client.register(upload.register)
      const second = await client.register(upload.register)
      assert.equal(first.status, 201)
      assert.equal(second.status, 201)
      assert.deepEqual(json(second), json(first))
    })

    it('and refuses other values', async () => {
      const { register } = await client.storeObject(textFile('conflict.txt'))
      assert.equal((await client.register(register)).status, 201)
      const longer = { ...register, file_size: register.file_size + 1 }
      assertError(await client.register(longer), 409, 'FILE_ALREADY_REGISTERED')
      const retyped = { ...register, mime_type: 'image/png' }
      assertError(await client.register(retyped), 409, 'FILE_ALREADY_REGISTERED')
      assertError(await client.register({ ...longer, ...retyped }), 409, 'FILE_ALREADY_REGISTERED')
    })

    it('and refuses another name as an unknown upload', async () => {
      const { register } = await client.storeObject(textFile('named.txt'))
      assert.equal((await client.register(register)).status, 201)
      const body = { ...register, filename: 'renamed.txt' }
      assertError(await client.register(body), 404, 'UPLOAD_NOT_FOUND')
    })

    it('and forgets the path with the file', async () => {
      const upload = await client.storeObject(textFile('deleted.txt'))
      assert.equal((await client.register(upload.register)).status, 201)
      assert.equal((await client.del(`/files/${upload.fileId}`)).status, 204)
      assertError(await client.register(upload.register), 404, 'UPLOAD_NOT_FOUND')
    })

    it('and refuses a cancelled session before it checks the bytes', async () => {
      const empty = await client.startUpload(textFile())
      const complete = await client.storeObject(textFile())
      for (const upload of [empty, complete]) {
        assert.equal((await client.del(`/files/uploads/${upload.fileId}`)).status, 204)
        assertError(await client.register(upload.register), 410, 'UPLOAD_SESSION_EXPIRED')
        const body = { ...upload.register, file_size: 1, mime_type: 'image/png' }
        assertError(await client.register(body), 410, 'UPLOAD_SESSION_EXPIRED')
      }
    })
  })

  describe('fourth checks that the object is complete', () => {
    it('when no byte has arrived', async () => {
      const { register } = await client.startUpload(textFile())
      const answer = await client.register(register)
      assertError(answer, 409, 'UPLOAD_INCOMPLETE')
      const expected = { received_bytes: 0, expected_bytes: register.file_size }
      assert.deepEqual(errorOf(answer).details, expected)
    })

    it('when a chunk has arrived', async () => {
      const bytes = Buffer.alloc(CHUNK_BYTES * 2, 'a')
      const upload = await client.startUpload({ filename: 'half.txt', mimeType: 'text/plain', bytes })
      const half = bytes.subarray(0, CHUNK_BYTES)
      const range = { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${bytes.length}` }
      assert.equal((await putObject(upload.uploadUrl, half, range)).status, 308)
      const answer = await client.register(upload.register)
      assertError(answer, 409, 'UPLOAD_INCOMPLETE')
      const expected = { received_bytes: CHUNK_BYTES, expected_bytes: bytes.length }
      assert.deepEqual(errorOf(answer).details, expected)
    })

    it('before it compares size and type', async () => {
      const { register } = await client.startUpload(textFile())
      const body = { ...register, file_size: 1, mime_type: 'image/png' }
      assertError(await client.register(body), 409, 'UPLOAD_INCOMPLETE')
    })

    it('and registers it when the rest has arrived', async () => {
      const file = textFile('late.txt')
      const upload = await client.startUpload(file)
      assertError(await client.register(upload.register), 409, 'UPLOAD_INCOMPLETE')
      assert.equal((await putObject(upload.uploadUrl, file.bytes)).status, 200)
      assert.equal((await client.register(upload.register)).status, 201)
    })
  })

  describe('fifth compares the size', () => {
    it('with the stored bytes', async () => {
      const { register } = await client.storeObject(textFile('sized.txt', NINE_DIGITS.text))
      for (const declared of [1, 8, 10, 5_000_000_000]) {
        const answer = await client.register({ ...register, file_size: declared })
        assertError(answer, 422, 'FILE_SIZE_MISMATCH')
        assert.deepEqual(errorOf(answer).details, { declared, actual: 9 })
      }
      assert.equal((await client.register(register)).status, 201)
    })

    it('before it compares the type', async () => {
      const { register } = await client.storeObject(textFile())
      const body = { ...register, file_size: register.file_size + 1, mime_type: 'image/png' }
      assertError(await client.register(body), 422, 'FILE_SIZE_MISMATCH')
    })
  })

  describe('sixth compares the type', () => {
    it('with the one declared for the upload, even when the bytes match the new one', async () => {
      const file = { filename: 'a.bin', mimeType: 'application/octet-stream', bytes: png() }
      const { register } = await client.storeObject(file)
      const answer = await client.register({ ...register, mime_type: 'image/png' })
      assertError(answer, 422, 'FILE_TYPE_MISMATCH')
      assert.deepEqual(Object.keys(errorOf(answer).details).sort(), ['declared', 'detected'])
      assert.equal((await client.register(register)).status, 201)
    })

    it('and keeps a refused object, so that the correct request still works', async () => {
      const { register } = await client.storeObject(textFile())
      const body = { ...register, mime_type: 'image/png' }
      assertError(await client.register(body), 422, 'FILE_TYPE_MISMATCH')
      assertError(await client.register({ ...register, file_size: 1 }), 422, 'FILE_SIZE_MISMATCH')
      assert.equal((await client.register(register)).status, 201)
    })
  })

  describe('takes an optional crc32c', () => {
    it('that is right', async () => {
      const { register } = await client.storeObject(textFile('sum.txt', NINE_DIGITS.text))
      const answer = await client.register({ ...register, crc32c: NINE_DIGITS.crc32c })
      assert.equal(answer.status, 201)
    })

    it('and refuses a wrong one', async () => {
      const { register } = await client.storeObject(textFile('sum.txt', NINE_DIGITS.text))
      const answer = await client.register({ ...register, crc32c: ZEROS_CRC32C })
      assertError(answer, 422, 'CHECKSUM_MISMATCH')
      assert.equal((await client.register(register)).status, 201)
    })

    for (const crc32c of [5, {}, 'x', 'not base64!!']) {
      it(`and refuses ${JSON.stringify(crc32c)}`, async () => {
        const { register } = await client.storeObject(textFile())
        assertRefused(await client.register({ ...register, crc32c }), [422])
      })
    }
  })

  describe('with concurrent requests', () => {
    it('answers every identical request with the same File', async () => {
      const filesBefore = await client.countFiles()
      const { register } = await client.storeObject(textFile('together.txt'))
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.register(register)))
      for (const answer of answers) {
        assert.equal(answer.status, 201)
        assert.deepEqual(json(answer), json(answers[0] ?? answer))
      }
      assert.equal(await client.countFiles(), filesBefore + 1)
    })

    it('accepts only the correct one of conflicting requests', async () => {
      const { register } = await client.storeObject(textFile('racing.txt'))
      const wrong = [
        { ...register, file_size: register.file_size + 1 },
        { ...register, mime_type: 'image/png' },
      ]
      const bodies = [...wrong, register, ...wrong, register, ...wrong]
      const answers = await Promise.all(bodies.map((body) => client.register(body)))
      for (const [index, answer] of answers.entries()) {
        // A wrong request that is first is checked against the upload, a later one against the existing file.
        if (bodies[index] === register) assert.equal(answer.status, 201)
        else assertRefused(answer, [409, 422])
      }
      for (const body of wrong) {
        assertError(await client.register(body), 409, 'FILE_ALREADY_REGISTERED')
      }
    })

    it('either registers or cancels a session, never both', async () => {
      const uploads = await Promise.all(
        Array.from({ length: 8 }, () => client.storeObject(textFile('race.txt'))),
      )
      const outcomes = uploads.map(async (upload) => {
        const [registered, cancelled] = await Promise.all([
          client.register(upload.register),
          client.del(`/files/uploads/${upload.fileId}`),
        ])
        assert.ok(
          ['201 409', '410 204'].includes(`${registered.status} ${cancelled.status}`),
          `register ${registered.status}, cancel ${cancelled.status}`,
        )
        const found = await client.get(`/files/${upload.fileId}`)
        assert.equal(found.status, registered.status === 201 ? 200 : 404)
      })
      await Promise.all(outcomes)
    })
  })
})
