import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Waybill } from '@waybill/sdk'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import {
  type ScriptedModelServer,
  startScriptedModelServer,
} from '../../server/test/models/scripted-model-server.ts'
import { startDirectServer } from '../../server/test/s3-storage/start-direct-server.ts'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { LANGUAGES, type Language, writtenExample } from '../src/examples.ts'
import { codeOf, installSdk } from './all-examples.ts'
import { EXAMPLE_CASES } from './example-cases.ts'
import { runExample, skipLanguage } from './run-example.ts'

const [SHELL] = LANGUAGES

/** Runs every example in these languages against one service, two at a time, and checks what it printed and did. */
export function describeExamples(languages: readonly Language[]): void {
  describe('the examples do what they say', { concurrency: 2 }, () => {
    let server: TestServer
    let models: ScriptedModelServer
    let direct: TestServer
    let scratch: Awaited<ReturnType<typeof createScratchFolder>>

    before(async () => {
      models = await startScriptedModelServer()
      const env = { MODEL_SERVER_URL: models.url, CHAT_MODEL: 'tiny', S3_LISTEN: '127.0.0.1:0' }
      server = await startServer({ env })
      direct = await startDirectServer()
      scratch = await createScratchFolder()
    })
    after(async () => {
      await server.stop()
      await direct.stop()
      await models.stop()
      await scratch.remove()
    })

    async function run(name: string, language: Language): Promise<void> {
      const folder = join(scratch.path, language.ending)
      const example = EXAMPLE_CASES[name]
      assert.ok(example, `${name} has no case`)
      const { url, apiKey, organizationId } = example.isDirect ? direct : server
      const waybill = new Waybill({ baseUrl: url, apiKey, organizationId, sessions: null })
      const given = {
        WAYBILL_URL: url,
        WAYBILL_API_KEY: apiKey,
        WAYBILL_ORGANIZATION: organizationId,
        ...(await example.prepare?.(waybill)),
      }
      const { code, stdout, stderr } = await runExample(name, codeOf(name, language), language, folder, given)
      assert.equal(code, 0, `${stderr}${stdout}`)
      await example.check({ output: stdout, given, waybill, folder })
    }

    for (const language of languages) {
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
}
