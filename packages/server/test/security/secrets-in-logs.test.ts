import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCollector } from '../observe/collector.ts'
import { startApp } from '../start-app.ts'
import { assertHoldsNone, useEverySecret } from './every-secret.ts'

/** The other levels, and output without the logger, are in secrets-in-logs.process.test.ts. */
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug']

describe('the log', () => {
  for (const level of LEVELS) {
    it(`holds no secret of any request at LOG_LEVEL=${level}`, async () => {
      const collector = await startCollector()
      const settings = { RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: level }
      const app = await startApp({ env: { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
      const secrets = await useEverySecret(app).finally(app.stop)
      collector.close()
      assert.ok(secrets.length > 20)
      assertHoldsNone(app.output(), secrets)
      assert.ok(collector.spans.length > 0)
      assertHoldsNone(Buffer.concat(collector.bytes).toString('latin1'), secrets)
      for (const line of app.output().trim().split('\n').filter(Boolean)) JSON.parse(line)
    })
  }
})
