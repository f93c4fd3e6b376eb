import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi } from './api.ts'
import { createRandomFile, createScratchFolder, KIB, MIB } from './random-file.ts'
import { runProgram } from './run-program.ts'

const GOOGLE_UPLOAD = fileURLToPath(new URL('./google_upload.py', import.meta.url))
/** Sends a file as a form with `requests`, whose part has no Content-Type. */
const POST_FORM = `
import sys, requests
url, key, name = sys.argv[1:]
answer = requests.post(url, headers={"X-API-Key": key}, files={"file": (name, b"a,b\\n")})
answer.raise_for_status()
print(answer.text)
`

/** Returns the reason to skip when the library is missing, else false. */
async function missing(library: string, args: readonly string[]): Promise<string | false> {
  const { code } = await runProgram('python3', args).catch(() => ({ code: 1 }))
  return code === 0 ? false : `${library} is not installed`
}

const NO_REQUESTS = await missing('requests of Python', ['-c', 'import requests'])
const NO_GOOGLE = await missing('google-resumable-media of Python', [GOOGLE_UPLOAD])

describe('Python libraries', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  const api = createApi(() => server)
  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
  })
  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  for (const [how, chunkBytes] of [
    ['in one request', 4 * MIB],
    ['in chunks', 512 * KIB],
  ] as const) {
    it(`of Google validate their bytes with MD5 ${how}`, { skip: NO_GOOGLE }, async () => {
      const file = await createRandomFile(folder.path, `google-${chunkBytes}`, 2 * MIB + 4_321)
      const ticket = await api.uploadUrl('md5.bin', file.sizeBytes, ['md5'])
      const args = [GOOGLE_UPLOAD, ticket.upload_url, file.path, String(chunkBytes)]
      const { code, stdout, stderr } = await runProgram('python3', args)
      assert.equal(code, 0, stderr)
      const { md5 } = await api.assertArrived(ticket, 'md5.bin', file)
      assert.equal(Buffer.from(JSON.parse(stdout).md5Hash, 'base64').toString('hex'), md5)
    })
  }

  it('that send a form without a Content-Type get the detected type', { skip: NO_REQUESTS }, async () => {
    for (const [name, type] of [
      ['data.csv', 'text/csv'],
      ['größe "1".txt', 'text/plain'],
    ] as const) {
      const args = ['-c', POST_FORM, `${server.baseUrl}/files/upload`, server.apiKey, name]
      const { code, stdout, stderr } = await runProgram('python3', args)
      assert.equal(code, 0, stderr)
      const { original_filename, mime_type, file_size } = JSON.parse(stdout)
      assert.deepEqual([original_filename, mime_type, file_size], [name, type, 4])
    }
  })
})
