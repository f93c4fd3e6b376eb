import assert from 'node:assert/strict'
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as tus from 'tus-js-client'
import { exchange, patch } from '../protocol/ietf/ietf.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { createApi } from './api.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from './random-file.ts'
import { missingProgram, runProgram } from './run-program.ts'

const PYTHON_PROGRAM = fileURLToPath(new URL('./ietf_upload.py', import.meta.url))
const SIZE_BYTES = 5 * MIB + 999
const NAME = 'naïve 文.bin'
const NAME_HEADER = { 'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(NAME)}` }
const TYPE = 'application/octet-stream'

let app: TestApp
let folder: Awaited<ReturnType<typeof createScratchFolder>>
let file: RandomFile
let bytes: Buffer
const api = createApi(() => app)
const creationUrl = () => `${app.baseUrl}/files/resumable`

before(async () => {
  app = await startApp()
  folder = await createScratchFolder()
  file = await createRandomFile(folder.path, 'ietf', SIZE_BYTES)
  bytes = await readFile(file.path)
})
after(async () => {
  await app?.stop()
  await folder?.remove()
})

/** Asserts that the File exists with the bytes of the file. */
async function assertArrived(fileId: string, name = NAME): Promise<void> {
  const answer = await api.call('GET', `/files/${fileId}`)
  assert.equal(answer.status, 200)
  assert.equal(answer.body.original_filename, name)
  assert.deepEqual(await api.download(fileId), { status: 200, sha256: file.sha256 })
}

describe('tus-js-client with the protocol ietf-draft-05', () => {
  interface Uploaded {
    readonly url: string
    readonly fileId: string
    /** Methods with the statuses of their responses. */
    readonly exchanges: readonly string[]
  }

  /** Uploads a file and returns what the client did. Ends early after `maxExchanges` responses. */
  const upload = (
    source: tus.Upload['file'],
    options: Partial<tus.UploadOptions> = {},
    maxExchanges = Number.POSITIVE_INFINITY,
  ): Promise<Uploaded> => {
    const exchanges: string[] = []
    let fileId = ''
    const { promise, resolve, reject } = Promise.withResolvers<Uploaded>()
    const end = () => resolve({ url: started.url ?? '', fileId, exchanges })
    const onAfterResponse = async (request: tus.HttpRequest, response: tus.HttpResponse) => {
      exchanges.push(`${request.getMethod()} ${response.getStatus()}`)
      fileId = response.getHeader('X-Waybill-File-Id') ?? fileId
      if (exchanges.length < maxExchanges) return
      await started.abort()
      end()
    }
    const started = new tus.Upload(source, {
      endpoint: creationUrl(),
      headers: { 'X-API-Key': app.apiKey, ...NAME_HEADER },
      retryDelays: null,
      ...({ protocol: 'ietf-draft-05' } as object),
      ...options,
      onAfterResponse,
      onError: reject,
      onSuccess: end,
    })
    started.start()
    return promise
  }

  it('creates an upload and sends its bytes', async () => {
    const { exchanges, fileId } = await upload(bytes)
    assert.deepEqual(exchanges, ['POST 201', 'PATCH 201'])
    await assertArrived(fileId)
  })

  it('sends its bytes in chunks', async () => {
    const { exchanges, fileId } = await upload(bytes, { chunkSize: 2 * MIB })
    assert.deepEqual(exchanges, ['POST 201', 'PATCH 204', 'PATCH 204', 'PATCH 201'])
    await assertArrived(fileId)
  })

  it('sends all bytes with the creation', async () => {
    const { exchanges, fileId } = await upload(bytes, { uploadDataDuringCreation: true })
    assert.deepEqual(exchanges, ['POST 201'])
    await assertArrived(fileId)
  })

  it('resumes an upload at its offset', async () => {
    const { url } = await upload(bytes, { chunkSize: MIB }, 3)
    const { exchanges, fileId } = await upload(bytes, { uploadUrl: url })
    assert.deepEqual(exchanges, ['HEAD 204', 'PATCH 201'])
    await assertArrived(fileId)
  })

  it('resumes a finished upload', async () => {
    const { url } = await upload(bytes)
    const { exchanges, fileId } = await upload(bytes, { uploadUrl: url })
    assert.deepEqual(exchanges, ['HEAD 204'])
    await assertArrived(fileId)
    // The client ends so when it does not know the length.
    const headers = { 'Upload-Draft-Interop-Version': '6' }
    const answer = await patch(url, SIZE_BYTES, true, '', headers, { isChunked: true })
    assert.equal(answer.status, 201, answer.body)
    assert.equal(answer.headers['upload-offset'], String(SIZE_BYTES))
    assert.equal(JSON.parse(answer.body).id, fileId)
  })
})

describe("Node's HTTP client", () => {
  it('tells the interim response with the session URL, which resumes the upload', async () => {
    const headers = {
      'X-API-Key': app.apiKey,
      'Content-Type': TYPE,
      ...NAME_HEADER,
      'Upload-Draft-Interop-Version': '8',
      'Upload-Complete': '?0',
    }
    const created = await exchange(creationUrl(), 'POST', headers, { bytes: bytes.subarray(0, MIB) })
    const [first] = created.interim
    assert.deepEqual([first?.status, created.status], [104, 201])
    assert.equal(first?.headers.location, created.headers.location)
    const completed = await patch(String(first?.headers.location), MIB, true, bytes.subarray(MIB))
    assert.equal(completed.status, 201, completed.body)
    await assertArrived(JSON.parse(completed.body).id)
  })
})

describe('curl', { skip: await missingProgram('curl') }, () => {
  /** Sends the file with -T, and returns the heads of all responses with the final body. */
  const send = async (...headers: string[]): Promise<{ heads: string[]; body: string }> => {
    const headPath = join(folder.path, 'head.txt')
    await copyFile('/dev/null', headPath)
    const all = [`X-API-Key: ${app.apiKey}`, `Content-Type: ${TYPE}`, ...headers]
    const args = ['-sS', '-X', 'POST', '-D', headPath, '-T', file.path]
    const program = await runProgram('curl', [...args, ...all.flatMap((line) => ['-H', line]), creationUrl()])
    assert.equal(program.code, 0, program.stderr)
    const heads = (await readFile(headPath, 'latin1')).split('\r\n\r\n').filter((head) => head !== '')
    return { heads, body: program.stdout }
  }

  it('prints the interim response that it asks for, and the File', async () => {
    const { heads, body } = await send('Upload-Draft-Interop-Version: 8', 'Upload-Complete: ?1')
    const interim = heads.find((head) => head.startsWith('HTTP/1.1 104 Upload Resumption Supported\r\n'))
    assert.match(interim ?? '', /\r\nlocation: http:.*upload_id=/i)
    assert.match(heads.at(-1) ?? '', /^HTTP\/1\.1 201 /)
    await assertArrived(JSON.parse(body).id, 'upload')
  })

  it('uploads without knowing the protocol', async () => {
    const { heads, body } = await send()
    assert.ok(heads.every((head) => !head.startsWith('HTTP/1.1 104')))
    await assertArrived(JSON.parse(body).id, 'upload')
  })
})

describe("Python's http.client", { skip: await missingProgram('python3') }, () => {
  for (const [what, headers] of Object.entries({
    'an ordinary upload': {},
    'a complete upload of the protocol': { 'Upload-Complete': '?1' },
    'a version that gets no interim responses': {
      'Upload-Complete': '?1',
      'Upload-Draft-Interop-Version': '6',
    },
  })) {
    // It would take an interim response for the final one.
    it(`sends ${what} and gets the final response alone`, async () => {
      const all = { 'X-API-Key': app.apiKey, 'Content-Type': TYPE, ...headers }
      const args = [PYTHON_PROGRAM, creationUrl(), file.path, JSON.stringify(all)]
      const { code, stdout, stderr } = await runProgram('python3', args)
      assert.equal(code, 0, stderr)
      const answer = JSON.parse(stdout)
      assert.equal(answer.status, 201)
      await assertArrived(answer.body.id, 'upload')
    })
  }
})
