import assert from 'node:assert/strict'
import { createReadStream, readdirSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  createRandomFile,
  createScratchFolder,
  KIB,
  MIB,
  type RandomFile,
  sha256Of,
} from '../../../server/test/clients/random-file.ts'
import { startApp, type TestApp } from '../../../server/test/start-app.ts'
import {
  FileChangedError,
  type UploadProgress,
  type UploadSource,
  ValidationError,
  Waybill,
} from '../../src/waybill.ts'

const LARGE_BYTES = 21 * MIB + 12_345
const SMALL_BYTES = 100 * KIB + 1

describe('files.upload', () => {
  let server: TestApp
  let client: Waybill
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  const files: Record<string, RandomFile> = {}
  before(async () => {
    server = await startApp()
    scratch = await createScratchFolder()
    const { url: baseUrl, apiKey, organizationId } = server
    client = new Waybill({ baseUrl, apiKey, organizationId, sessions: null })
    files.small = await createRandomFile(scratch.path, 'small', SMALL_BYTES)
    files.large = await createRandomFile(scratch.path, 'large', LARGE_BYTES)
  })
  after(async () => {
    await server.stop()
    await scratch.remove()
  })

  const fileOf = (size: string) => files[size] as RandomFile
  const bytesOf = async ({ path }: RandomFile) => new Uint8Array(await readFile(path))

  for (const filename of ['a/b.txt', 'C:\\b.txt', 'a\nb.txt', 'a\u007f.txt'])
    for (const sizeBytes of [0, 10, 5 * MIB])
      it(`refuses the name ${JSON.stringify(filename)} of ${sizeBytes} bytes before it sends any`, async () => {
        const requests: string[] = []
        const recording: typeof fetch = (input, init) => {
          requests.push(String(input))
          return fetch(input, init)
        }
        const { url: baseUrl, apiKey, organizationId } = server
        const watched = new Waybill({ baseUrl, apiKey, organizationId, sessions: null, fetch: recording })
        const error = await watched.files
          .upload(new Blob([new Uint8Array(sizeBytes)]), { filename })
          .catch((reason) => reason)
        assert.ok(error instanceof ValidationError, String(error))
        assert.deepEqual([error.code, error.details.field], ['VALIDATION_ERROR', 'filename'])
        assert.match(error.message, /must not contain/)
        assert.deepEqual(requests, [])
      })

  const SOURCES: Readonly<Record<string, (file: RandomFile) => Promise<UploadSource>>> = {
    'a path': async ({ path }) => path,
    'a file: URL': async ({ path }) => pathToFileURL(path),
    'a Blob': async (file) => new Blob([await bytesOf(file)]),
    'a File': async (file) => new File([await bytesOf(file)], 'any.bin', { lastModified: 5 }),
    bytes: bytesOf,
    'bytes in the middle of others': async (file) => {
      const bytes = await bytesOf(file)
      const room = new Uint8Array(bytes.byteLength + 10)
      room.set(bytes, 3)
      return room.subarray(3, 3 + bytes.byteLength)
    },
    'an ArrayBuffer': async (file) => (await bytesOf(file)).buffer,
    'a Node stream': async (file) => file.read(),
    'a web stream': async (file) => new Blob([await bytesOf(file)]).stream(),
  }

  for (const [kind, open] of Object.entries(SOURCES)) {
    for (const size of ['small', 'large']) {
      it(`sends ${kind}, ${size}`, async () => {
        const expected = fileOf(size)
        const file = await client.files.upload(await open(expected), { filename: 'sent.bin' })
        assert.equal(file.original_filename, 'sent.bin')
        assert.equal(file.file_size, expected.sizeBytes)
        const { body } = await client.files.download(file.id)
        assert.equal(await sha256Of(body), expected.sha256)
      })
    }
  }

  it('sends a stream of a known size as it comes', async () => {
    const expected = fileOf('large')
    const options = { filename: 'a.bin', sizeBytes: expected.sizeBytes }
    const file = await client.files.upload(expected.read(), options)
    const { body } = await client.files.download(file.id)
    assert.equal(await sha256Of(body), expected.sha256)
  })

  for (const [what, difference] of [
    ['fewer', 1000],
    ['more', -1000],
  ] as const) {
    it(`makes nothing of a stream that has ${what} bytes than announced`, async () => {
      const expected = fileOf('large')
      const options = { filename: `${what}.bin`, sizeBytes: expected.sizeBytes + difference }
      await assert.rejects(client.files.upload(expected.read(), options), FileChangedError)
      for await (const { original_filename } of client.files.list())
        assert.notEqual(original_filename, `${what}.bin`)
      for await (const { filename } of client.files.listUploads()) assert.notEqual(filename, `${what}.bin`)
    })
  }

  it('leaves no file behind where a stream was gathered', async (t) => {
    // Other programs gather streams in the folder of the system.
    const systemFolder = process.env.TMPDIR
    process.env.TMPDIR = await mkdtemp(join(scratch.path, 'gathered-'))
    t.after(() => {
      if (systemFolder === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = systemFolder
    })
    const gathered = () => readdirSync(tmpdir())
    const during: string[] = []
    const onProgress = () => during.push(...gathered())
    await client.files.upload(fileOf('large').read(), { filename: 'gathered.bin', onProgress })
    assert.match(during.join(), /^waybill-spooled-/)
    assert.deepEqual(gathered(), [])
  })

  it('takes name and type from the source, and from the options before it', async () => {
    const path = join(scratch.path, 'Über "uns".txt')
    await writeFile(path, 'Hello')
    const named = await client.files.upload(path, { mimeType: 'text/plain' })
    assert.deepEqual([named.original_filename, named.mime_type], ['Über "uns".txt', 'text/plain'])
    const chosen = new File(['Hello'], 'a.txt', { type: 'text/plain' })
    const file = await client.files.upload(chosen, { filename: 'b.txt' })
    assert.deepEqual([file.original_filename, file.mime_type], ['b.txt', 'text/plain'])
  })

  it('refuses what gives no bytes', async () => {
    const { path } = fileOf('small')
    const texts = () => createReadStream(path, 'latin1')
    const sources = [texts(), new Uint16Array(5), {}, null, 7] as unknown as UploadSource[]
    for (const source of sources) {
      await assert.rejects(client.files.upload(source, { filename: 'none' }), TypeError)
    }
    const options = { filename: 'none', sizeBytes: SMALL_BYTES }
    await assert.rejects(client.files.upload(texts(), options), TypeError)
    for (const sizeBytes of [-1, 0.5, Number.NaN]) {
      const stream = fileOf('small').read()
      await assert.rejects(client.files.upload(stream, { filename: 'none', sizeBytes }), RangeError)
      stream.destroy()
    }
  })

  it('asks for a name where there is none, before it sends anything', async () => {
    await assert.rejects(client.files.upload(new Blob(['Hello'])), TypeError)
  })

  it('uploads an empty file, whatever it comes from and is called', async () => {
    const path = join(scratch.path, 'empty')
    await writeFile(path, '')
    const empty: UploadSource[] = [new Blob([]), new Uint8Array(), path, Readable.from([])]
    for (const source of empty) {
      const states: string[] = []
      const onProgress = ({ state }: UploadProgress) => {
        if (states.at(-1) !== state) states.push(state)
      }
      const file = await client.files.upload(source, { filename: 'em "p" ty', onProgress })
      assert.deepEqual([file.file_size, file.original_filename], [0, 'em "p" ty'])
      assert.deepEqual(states, ['preparing', 'uploading', 'done'])
      const { body } = await client.files.download(file.id)
      assert.equal((await new Response(body).arrayBuffer()).byteLength, 0)
    }
  })

  it('keeps a name that a form could change', async () => {
    for (const filename of ['100%22.txt', 'a "b".txt', 'größe 🙂.txt']) {
      const file = await client.files.upload(new Blob(['text']), { filename })
      assert.equal(file.original_filename, filename)
    }
  })

  it('has the service compute checksums, however small or large the file is', async () => {
    for (const { path, sha256 } of [fileOf('small'), fileOf('large')]) {
      const file = await client.files.upload(path, { checksums: ['sha256'] })
      assert.deepEqual([file.sha256, file.md5], [sha256, null])
    }
  })
})
