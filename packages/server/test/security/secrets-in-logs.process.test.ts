import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../clients/eventually.ts'
import { freePort } from '../free-port.ts'
import { startCollector } from '../observe/collector.ts'
import { databaseOf } from '../postgres/database-of.ts'
import { runWaybill } from '../start-server.ts'
import { assertHoldsNone, type Server, useEverySecret } from './every-secret.ts'

const WAYBILL = fileURLToPath(new URL('../../../cli/bin/waybill.js', import.meta.url))

/** Levels with the most and the least output. The others are in secrets-in-logs.test.ts. */
const LEVELS = ['trace', 'silent']

/** Returns both output streams of the process while `work` uses it. At level `silent` there is no "listening" line. */
async function outputOf(
  level: string,
  env: Record<string, string>,
  work: (server: Server) => Promise<void>,
): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'waybill-log-'))
  const organizationId = 'org_log'
  const create = ['organizations', 'create', '--id', organizationId, '--name', 'Log', '--json']
  const { api_key } = JSON.parse(await runWaybill(dataDir, create))
  const port = await freePort()
  const settings = { ...databaseOf(dataDir).environment, ...env, DATA_DIR: dataDir, PORT: String(port) }
  const child = spawn(process.execPath, [WAYBILL, 'serve'], {
    env: { ...process.env, HOST: '127.0.0.1', RATE_LIMIT_PER_MINUTE: '0', ...settings, LOG_LEVEL: level },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const exited = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  try {
    await eventually('it listens', async () => (await fetch(`${url}/v1/health`).catch(() => null))?.ok)
    const baseUrl = `${url}/v1/organizations/${organizationId}`
    await work({ url, baseUrl, organizationId, apiKey: api_key.key, dataDir })
    child.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null])
    return (await output).join('')
  } finally {
    child.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
    await databaseOf(dataDir).remove()
  }
}

describe('the output of the process', () => {
  for (const level of LEVELS) {
    it(`holds no secret of any request at LOG_LEVEL=${level}`, async () => {
      const collector = await startCollector()
      let secrets: string[] = []
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
      const output = await outputOf(level, env, async (server) => {
        secrets = await useEverySecret(server)
      }).finally(collector.close)
      assert.ok(secrets.length > 20)
      assertHoldsNone(output, secrets)
      assertHoldsNone(Buffer.concat(collector.bytes).toString('latin1'), secrets)
      for (const line of output.trim().split('\n').filter(Boolean)) JSON.parse(line)
    })
  }
})
