import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { copyFile, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { MIME_TYPE, type UploadTicket } from './api.ts'
import { eventually } from './eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile, sha256Of } from './random-file.ts'
import { missingProgram, runProgram, startProgram } from './run-program.ts'

/** Exit code of curl after --max-time. */
const OPERATION_TIMED_OUT = 28

interface CurlAnswer {
  readonly exitCode: number | null
  /** Status lines of all received heads, including `100 Continue`. */
  readonly statusLines: string[]
  /** Fields of the last head, with lower-case names. */
  readonly headers: Map<string, string>
  readonly body: string
  readonly uploadedBytes: number
}

describe('curl', { skip: await missingProgram('curl') }, () => {
  let server: TestApp
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile

  before(async () => {
    server = await startApp()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'curl', 9 * MIB + 12_345)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  const headPath = () => join(folder.path, 'head.txt')
  const bodyPath = () => join(folder.path, 'body.txt')
  const measuring = () => ['-sS', '-D', headPath(), '-o', bodyPath(), '-w', '%{size_upload}']

  async function curl(...args: string[]): Promise<CurlAnswer> {
    await Promise.all([headPath(), bodyPath()].map((path) => copyFile('/dev/null', path)))
    const { code, stdout } = await runProgram('curl', [...measuring(), ...args])
    return readAnswer(code, stdout)
  }

  async function readAnswer(exitCode: number | null, uploadedBytes: string): Promise<CurlAnswer> {
    const heads = (await readFile(headPath(), 'latin1')).split('\r\n\r\n').filter((head) => head !== '')
    const fields = (heads.at(-1) ?? '').split('\r\n').slice(1)
    return {
      exitCode,
      statusLines: heads.map((head) => head.split('\r\n')[0] ?? ''),
      headers: new Map(fields.map((field) => [field.split(':')[0]?.toLowerCase() ?? '', fieldValue(field)])),
      body: await readFile(bodyPath(), 'utf8'),
      uploadedBytes: Number(uploadedBytes),
    }
  }

  const callApi = async (status: number, method: string, path: string, body?: object) => {
    const json = body ? ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)] : []
    const key = ['-H', `X-API-Key: ${server.apiKey}`]
    const answer = await curl('-X', method, ...key, ...json, `${server.baseUrl}${path}`)
    assert.match(answer.statusLines.at(-1) ?? '', new RegExp(`^HTTP/1.1 ${status}`), answer.body)
    return answer.body === '' ? undefined : JSON.parse(answer.body)
  }

  const requestUploadUrl = (filename: string): Promise<UploadTicket> =>
    callApi(200, 'POST', '/files/upload-url', {
      filename,
      file_size: file.sizeBytes,
      mime_type: MIME_TYPE,
    })

  const register = (ticket: UploadTicket, filename: string) =>
    callApi(201, 'POST', '/files', {
      filename,
      gcs_path: ticket.gcs_path,
      file_size: file.sizeBytes,
      mime_type: MIME_TYPE,
    })

  /** Sends a status query as a user would type it. `-d ''` sends an empty body with its length. */
  const askStoredBytes = async (ticket: UploadTicket) => {
    const answer = await curl('-X', 'PUT', '-H', 'Content-Range: bytes */*', '-d', '', ticket.upload_url)
    assert.match(answer.statusLines.at(-1) ?? '', /^HTTP\/1.1 308/)
    const last = /^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1]
    return last === undefined ? 0 : Number(last) + 1
  }

  const assertFinished = (answer: CurlAnswer) => {
    assert.equal(answer.exitCode, 0)
    assert.match(answer.statusLines.at(-1) ?? '', /^HTTP\/1.1 200/, answer.body)
    assert.equal(JSON.parse(answer.body).size, String(file.sizeBytes))
  }

  const assertArrived = async (ticket: UploadTicket, filename: string) => {
    const registered = await register(ticket, filename)
    const content = await callApi(200, 'GET', `/files/${registered.id}/content`)
    const path = join(folder.path, `downloaded-${filename}`)
    const { code } = await runProgram('curl', ['-sSf', '-o', path, content.download_url])
    assert.equal(code, 0)
    assert.equal(await sha256Of(createReadStream(path)), file.sha256)
    return { registered, downloadUrl: content.download_url as string, path }
  }

  it('sends a file with -T and is told to continue', async () => {
    const ticket = await requestUploadUrl('complete.bin')
    // The long timeout makes the interim answer necessary. By default curl would continue after a second.
    const answer = await curl('--expect100-timeout', '600', '-T', file.path, ticket.upload_url)
    assertFinished(answer)
    assert.match(answer.statusLines[0] ?? '', /^HTTP\/1.1 100/)
    assert.equal(answer.statusLines.length, 2)
    await assertArrived(ticket, 'complete.bin')
  })

  it('sends a pipe of unknown length with -T -', async () => {
    const ticket = await requestUploadUrl('piped.bin')
    await Promise.all([headPath(), bodyPath()].map((path) => copyFile('/dev/null', path)))
    const program = startProgram('curl', [...measuring(), '-T', '-', ticket.upload_url])
    assert.ok(program.process.stdin)
    await pipeline(file.read(), program.process.stdin)
    const { code, stdout } = await program.end
    assertFinished(await readAnswer(code, stdout))
    await assertArrived(ticket, 'piped.bin')
  })

  it('stops in the middle, queries the offset, and resumes with -C OFFSET', async () => {
    const ticket = await requestUploadUrl('resumed.bin')
    const broken = await curl('--limit-rate', '4M', '--max-time', '1', '-T', file.path, ticket.upload_url)
    assert.equal(broken.exitCode, OPERATION_TIMED_OUT)
    assert.ok(broken.uploadedBytes > 0 && broken.uploadedBytes < file.sizeBytes)
    const offset = await eventually('every byte that curl sent is kept', async () => {
      const stored = await askStoredBytes(ticket)
      assert.ok(stored <= broken.uploadedBytes, `${stored} stored of ${broken.uploadedBytes} sent`)
      return stored === broken.uploadedBytes && stored
    })
    const resumed = await curl('-C', String(offset), '-T', file.path, ticket.upload_url)
    assertFinished(resumed)
    assert.equal(resumed.uploadedBytes, file.sizeBytes - offset)
    await assertArrived(ticket, 'resumed.bin')
  })

  it('is killed while it sends a pipe, and another process resumes', async () => {
    const ticket = await requestUploadUrl('killed.bin')
    const program = startProgram('curl', ['-sS', '-T', '-', ticket.upload_url])
    assert.ok(program.process.stdin)
    await pipeline(file.read(0, 5 * MIB), program.process.stdin, { end: false })
    program.process.kill('SIGKILL')
    await program.end
    const offset = await eventually('bytes of the killed curl are stored', async () => {
      const stored = await askStoredBytes(ticket)
      return stored > 0 && stored
    })
    assert.ok(offset <= 5 * MIB)
    assertFinished(await curl('-C', String(offset), '-T', file.path, ticket.upload_url))
    await assertArrived(ticket, 'killed.bin')
  })

  it('lists, downloads in parts, resumes a download with -C - and deletes', async () => {
    const ticket = await requestUploadUrl('kept.bin')
    assertFinished(await curl('-T', file.path, ticket.upload_url))
    const { registered, downloadUrl, path } = await assertArrived(ticket, 'kept.bin')
    const listed = await callApi(200, 'GET', '/files?limit=1')
    assert.equal(listed.files[0].id, registered.id)

    const part = await curl('-r', '1048000-1049999', downloadUrl)
    assert.match(part.statusLines.at(-1) ?? '', /^HTTP\/1.1 206/)
    assert.equal(part.headers.get('content-range'), `bytes 1048000-1049999/${file.sizeBytes}`)
    assert.equal(
      await sha256Of(createReadStream(bodyPath())),
      await sha256Of(file.read(1_048_000, 1_050_000)),
    )

    await truncate(path, 3 * MIB + 7)
    const { code } = await runProgram('curl', ['-sSf', '-C', '-', '-o', path, downloadUrl])
    assert.equal(code, 0)
    assert.equal((await stat(path)).size, file.sizeBytes)
    assert.equal(await sha256Of(createReadStream(path)), file.sha256)

    await callApi(204, 'DELETE', `/files/${registered.id}`)
    const gone = await callApi(404, 'GET', `/files/${registered.id}`)
    assert.equal(gone.error.code, 'FILE_NOT_FOUND')
  })
})

function fieldValue(field: string): string {
  return field.slice(field.indexOf(':') + 1).trim()
}
