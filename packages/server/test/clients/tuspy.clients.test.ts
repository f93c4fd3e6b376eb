import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from '../start-server.ts'
import { createApi } from './api.ts'
import { createRandomFile, createScratchFolder, MIB } from './random-file.ts'
import { runProgram } from './run-program.ts'

const UPLOAD = fileURLToPath(new URL('./tus_upload.py', import.meta.url))
/** The Python of the system has the package of Debian; another one may come first in PATH. */
const PYTHONS = ['python3', '/usr/bin/python3']

/** Returns the first Python with tuspy; null when there is none. */
async function findPython(): Promise<string | null> {
  for (const python of PYTHONS) {
    const { code } = await runProgram(python, ['-c', 'import tusclient']).catch(() => ({ code: 1 }))
    if (code === 0) return python
  }
  return null
}

const PYTHON = await findPython()

describe('tuspy', { skip: PYTHON === null && 'tuspy is not installed' }, () => {
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
    ['in one request', 8 * MIB],
    ['in chunks', MIB],
  ] as const) {
    it(`uploads ${how}, each with its SHA-1`, async () => {
      const file = await createRandomFile(folder.path, `tuspy-${chunkBytes}`, 3 * MIB + 17)
      const args = [UPLOAD, `${server.baseUrl}/files/tus`, server.apiKey, file.path, String(chunkBytes)]
      const { code, stdout, stderr } = await runProgram(PYTHON ?? '', args)
      assert.equal(code, 0, stderr)
      const answer = await fetch(stdout.trim(), { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } })
      const fileId = answer.headers.get('x-waybill-file-id') ?? ''
      assert.deepEqual(await api.download(fileId), { status: 200, sha256: file.sha256 })
    })
  }
})
