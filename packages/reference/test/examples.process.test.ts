import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Waybill } from '@waybill/sdk'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { EXAMPLES, exampleName, LANGUAGES, type Language, readExample } from '../src/examples.ts'
import { EXAMPLE_CASES } from './example-cases.ts'
import { operations } from './operations.ts'
import { runExample, skipLanguage } from './run-example.ts'

const [SHELL] = LANGUAGES

describe('every operation has an example', () => {
  for (const { operationId } of operations) {
    it(`${operationId} has one in each language`, () => {
      for (const { name, ending } of LANGUAGES) {
        assert.notEqual(readExample(exampleName(operationId), ending), null, name)
      }
    })
  }

  it('and none is of an operation that is no more, or runs in no test', async () => {
    const names = new Set((await readdir(EXAMPLES)).map((file) => file.replace(/\.\w+$/, '')))
    const ofOperations = operations.map(({ operationId }) => exampleName(operationId))
    assert.deepEqual([...names].toSorted(), [...ofOperations, 'resumable-upload', 'set-up'].toSorted())
    assert.deepEqual(Object.keys(EXAMPLE_CASES).toSorted(), [...ofOperations, 'resumable-upload'].toSorted())
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
    const { code, stdout, stderr } = await runExample(name, language, folder, given)
    assert.equal(code, 0, `${stderr}${stdout}`)
    await example.check({ output: stdout, given, waybill, folder })
  }

  for (const language of LANGUAGES) {
    describe(`in ${language.name}`, { concurrency: 2 }, async () => {
      const skip = await skipLanguage(language)
      before(async () => {
        const folder = join(scratch.path, language.ending)
        await mkdir(folder)
        assert.equal((await runExample('set-up', SHELL, folder, {})).code, 0)
      })
      for (const name of Object.keys(EXAMPLE_CASES)) it(name, { skip }, () => run(name, language))
    })
  }
})
