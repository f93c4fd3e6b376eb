import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createClient } from '../api/client.ts'
import { within } from '../clients/eventually.ts'
import { startServer } from '../start-server.ts'
import { startCollector } from './collector.ts'

describe('traces of a process', () => {
  it('are sent before its end, with the service name from the environment variables of OpenTelemetry', async () => {
    const collector = await startCollector()
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'files' }
    const server = await startServer({ env })
    try {
      await createClient(server).get('/files')
      assert.equal(await within('the server ends', server.kill('SIGTERM')), 0)
    } finally {
      await server.stop()
      collector.close()
    }
    assert.ok(collector.spans.length > 0)
    for (const { resource } of collector.spans) assert.equal(resource['service.name'], 'files')
  })

  it('do not delay the end of the process, even when the collector does not answer', async () => {
    const collector = await startCollector({ answers: false })
    const server = await startServer({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
    await createClient(server).get('/files')
    assert.equal(await within('the server ends', server.kill('SIGTERM')), 0)
    assert.ok(collector.spans.length > 0)
    assert.match(server.output(), /"msg":"traces cannot be sent"/)
    await server.stop()
    collector.close()
  })
})
