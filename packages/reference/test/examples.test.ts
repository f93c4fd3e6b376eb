import assert from 'node:assert/strict'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Waybill } from '@waybill/sdk'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { runProgram } from '../../server/test/clients/run-program.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { EXAMPLE_TABLE } from '../src/example-table.ts'
import {
  EXAMPLES,
  type Example,
  exampleName,
  exampleOf,
  LANGUAGES,
  type Language,
  writtenExample,
} from '../src/examples.ts'
import { EXAMPLE_CASES } from './example-cases.ts'
import { operations } from './operations.ts'
import { runExample, skipLanguage } from './run-example.ts'

const [SHELL, , TYPESCRIPT] = LANGUAGES

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** By the names of their files, or of those that they would have. */
const ALL_EXAMPLES: ReadonlyMap<string, Example> = new Map([
  ...operations.map((operation) => [exampleName(operation.operationId), exampleOf(operation)] as const),
  ['resumable-upload', writtenExample('resumable-upload')],
])

function codeOf(name: string, language: Language): string {
  const code = ALL_EXAMPLES.get(name)?.(language)
  assert.ok(code, `${name} has no example in ${language.name}`)
  return code
}

/** Lets the TypeScript examples in that folder find the client library. */
async function installSdk(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules', '@waybill'), { recursive: true })
  await symlink(join(ROOT, 'packages', 'sdk'), join(folder, 'node_modules', '@waybill', 'sdk'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
}

describe('every operation has an example', () => {
  for (const name of ALL_EXAMPLES.keys()) {
    it(`${name} has one in each language`, () => {
      for (const language of LANGUAGES) codeOf(name, language)
    })
  }

  it('and none is of an operation that is no more, is there twice, or runs in no test', async () => {
    const written = new Set((await readdir(EXAMPLES)).map((file) => file.replace(/\.\w+$/, '')))
    const names = [...written, ...Object.keys(EXAMPLE_TABLE).map(exampleName)]
    assert.deepEqual(names.toSorted(), [...ALL_EXAMPLES.keys(), 'set-up'].toSorted())
    assert.deepEqual(Object.keys(EXAMPLE_CASES).toSorted(), [...ALL_EXAMPLES.keys()].toSorted())
  })

  it('and those in TypeScript compile', async () => {
    const scratch = await createScratchFolder()
    try {
      await installSdk(scratch.path)
      for (const name of ALL_EXAMPLES.keys()) {
        await writeFile(join(scratch.path, `${name}.ts`), codeOf(name, TYPESCRIPT))
      }
      const compilerOptions = { typeRoots: [join(ROOT, 'node_modules', '@types')] }
      const config = {
        extends: join(ROOT, 'packages', 'reference', 'tsconfig.json'),
        compilerOptions,
        include: ['*.ts'],
      }
      await writeFile(join(scratch.path, 'tsconfig.json'), JSON.stringify(config))
      const tsc = join(ROOT, 'node_modules', '@typescript', 'native', 'bin', 'tsc')
      const { code, stdout } = await runProgram(process.execPath, [tsc, '--project', scratch.path])
      assert.equal(code, 0, stdout)
    } finally {
      await scratch.remove()
    }
  })
})

describe('the examples do what they say', { concurrency: 2 }, () => {
  let server: TestServer
  let waybill: Waybill
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>

  before(async () => {
    server = await startServer()
    scratch = await createScratchFolder()
    const { url, apiKey, organizationId } = server
    waybill = new Waybill({ baseUrl: url, apiKey, organizationId, sessions: null })
  })
  after(async () => {
    await server.stop()
    await scratch.remove()
  })

  async function run(name: string, language: Language): Promise<void> {
    const folder = join(scratch.path, language.ending)
    const example = EXAMPLE_CASES[name]
    assert.ok(example, `${name} has no case`)
    const given = {
      WAYBILL_URL: server.url,
      WAYBILL_API_KEY: server.apiKey,
      WAYBILL_ORGANIZATION: server.organizationId,
      ...(await example.prepare?.(waybill)),
    }
    const { code, stdout, stderr } = await runExample(name, codeOf(name, language), language, folder, given)
    assert.equal(code, 0, `${stderr}${stdout}`)
    await example.check({ output: stdout, given, waybill, folder })
  }

  for (const language of LANGUAGES) {
    describe(`in ${language.name}`, { concurrency: 2 }, async () => {
      const skip = await skipLanguage(language)
      before(async () => {
        const folder = join(scratch.path, language.ending)
        await mkdir(folder)
        await installSdk(folder)
        const setUp = writtenExample('set-up')(SHELL) ?? ''
        assert.equal((await runExample('set-up', setUp, SHELL, folder, {})).code, 0)
      })
      for (const name of Object.keys(EXAMPLE_CASES)) it(name, { skip }, () => run(name, language))
    })
  }
})
