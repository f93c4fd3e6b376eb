import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  createRandomFile,
  createScratchFolder,
  MIB,
  type RandomFile,
} from '../../../server/test/clients/random-file.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'

const run = promisify(execFile)
const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const ROOT = pathOf('../../../..')

/** The Node that the machine itself has, which may be older than ours, or else ours. */
async function machinesNode(): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const PATH = folders.filter((folder) => !folder.includes('node_modules')).join(delimiter)
  const env = { ...process.env, PATH }
  const found = await run('node', ['-p', 'process.execPath'], { env }).catch(() => null)
  return found?.stdout.trim() ?? process.execPath
}

describe('the published package', () => {
  let server: TestServer
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  before(async () => {
    server = await startServer()
    scratch = await createScratchFolder()
    file = await createRandomFile(scratch.path, 'built', 20 * MIB + 5)
    const target = join(scratch.path, 'node_modules', '@waybill', 'sdk')
    await run(process.execPath, [join(ROOT, 'scripts', 'build-sdk.ts'), target])
    await copyFile(pathOf('program.mjs'), join(scratch.path, 'program.mjs'))
    await copyFile(pathOf('consumer.ts.txt'), join(scratch.path, 'consumer.ts'))
  })
  after(async () => {
    await server.stop()
    await scratch.remove()
  })

  for (const [where, options] of [
    ['Node', []],
    ["a browser's place", ['--conditions=browser']],
  ] as const) {
    it(`uploads, pauses, goes on, downloads and lists in ${where}`, async () => {
      const { url, apiKey, organizationId } = server
      const args = [...options, 'program.mjs', url, apiKey, organizationId, file.path]
      const env = { ...process.env, XDG_STATE_HOME: join(scratch.path, 'state') }
      const { stdout } = await run(await machinesNode(), args, { cwd: scratch.path, env })
      assert.match(stdout, /^v\d+\./)
    })
  }

  it('has types that a strict program compiles with, and that refuse what is wrong', async () => {
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    }
    const config = { compilerOptions, files: ['consumer.ts'] }
    await writeFile(join(scratch.path, 'tsconfig.json'), JSON.stringify(config))
    await writeFile(join(scratch.path, 'package.json'), '{"type":"module"}')
    const tsc = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
    const compiled = run(process.execPath, [tsc, '--project', scratch.path])
    await compiled.catch(({ stdout }) => assert.fail(stdout))
  })
})
