import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ServerReport } from '../start-server.ts'
import { createReportRequests } from './report-requests.ts'
import type { ToWorker } from './worker-messages.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const REPORT: ServerReport = { metrics: [], health: { status: 200, body: {} } }

describe('requests for reports', () => {
  it('keep no report after its answer, while the worker runs on', async () => {
    const requests = createReportRequests()
    const reports: WeakRef<ServerReport>[] = []
    const send = (message: ToWorker) => {
      if (message.kind !== 'report') return
      const report = structuredClone(REPORT)
      reports.push(new WeakRef(report))
      requests.answer(message.id, report)
    }
    const worker = { pid: 1, send, ended: new Promise<never>(() => {}) }
    const askOnce = async () => assert.deepEqual(await requests.ask(worker), REPORT)
    for (let count = 0; count < 3; count++) await askOnce()
    await setImmediate()
    collectGarbage()
    assert.deepEqual(
      reports.map((report) => report.deref()),
      [undefined, undefined, undefined],
    )
    assert.ok(worker.ended)
  })

  it('end with the worker that they are for, and with no other', async () => {
    const requests = createReportRequests()
    const ids: number[] = []
    const send = (message: ToWorker) => {
      if (message.kind === 'report') ids.push(message.id)
    }
    const [ofEnded, ofOther] = [requests.ask({ pid: 1, send }), requests.ask({ pid: 2, send })]
    requests.endAll(1)
    assert.equal(await ofEnded, null)
    requests.answer(ids[1] ?? 0, REPORT)
    assert.equal(await ofOther, REPORT)
  })
})
