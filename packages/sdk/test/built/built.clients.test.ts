import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installNode } from '../../../server/test/clients/install-node.ts'
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
const BIN = join(ROOT, 'node_modules', '.bin')
/** The oldest versions of the release lines that the package supports, and the one that the service runs on. */
const VERSIONS = ['20.0.0', '22.0.0', process.versions.node]

describe('the published client library', () => {
  let server: TestServer
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  let library: string
  before(async () => {
    server = await startServer()
    scratch = await createScratchFolder()
    file = await createRandomFile(scratch.path, 'built', 20 * MIB + 5)
    library = join(scratch.path, 'node_modules', '@waybill', 'sdk')
    await run(process.execPath, [join(ROOT, 'scripts', 'build-sdk.ts'), library])
    for (const name of ['main-job.cjs', 'program.cjs', 'program.mjs'])
      await copyFile(pathOf(name), join(scratch.path, name))
    for (const ending of ['ts', 'cts'])
      await copyFile(pathOf('consumer.ts.txt'), join(scratch.path, `consumer.${ending}`))
  })
  after(async () => {
    await server.stop()
    await scratch.remove()
  })

  for (const version of VERSIONS) {
    describe(`with Node ${version}`, () => {
      let node: string
      before(async () => {
        node = await installNode(join(scratch.path, `node-${version}`), version)
      })
      for (const program of ['program.mjs', 'program.cjs'])
        for (const [where, options] of [
          ['Node', []],
          ["a browser's place", ['--conditions=browser']],
        ] as const) {
          it(`uploads, pauses, goes on, downloads and lists in ${where}, from ${program}`, async () => {
            const { url, apiKey, organizationId } = server
            const args = [...options, program, url, apiKey, organizationId, file.path]
            const env = { ...process.env, XDG_STATE_HOME: join(scratch.path, 'state') }
            const { stdout } = await run(node, args, { cwd: scratch.path, env })
            assert.equal(stdout.trim(), `v${version}`)
          })
        }
    })
  }

  it('has types that a strict program compiles with in both formats, and that refuse what is wrong', async () => {
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    }
    const config = { compilerOptions, files: ['consumer.ts', 'consumer.cts'] }
    await writeFile(join(scratch.path, 'tsconfig.json'), JSON.stringify(config))
    await writeFile(join(scratch.path, 'package.json'), '{"type":"module"}')
    const tsc = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
    const compiled = run(process.execPath, [tsc, '--project', scratch.path])
    await compiled.catch(({ stdout }) => assert.fail(stdout))
  })

  it('is found with its types by every way of resolving modules', async () => {
    const checked = run(process.execPath, [join(BIN, 'attw'), '--pack', library])
    await checked.catch(({ stdout }) => assert.fail(stdout))
  })

  it('has a package.json that tools read alike', async () => {
    const checked = run(process.execPath, [join(BIN, 'publint'), '--strict', library])
    await checked.catch(({ stdout }) => assert.fail(stdout))
  })
})
