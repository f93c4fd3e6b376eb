import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alternate } from '../alternate.ts'
import { type Load, runCallers } from '../load/callers.ts'
import { register, type Uploaded, uploadSmall } from '../load/small-flow.ts'
import { startProcess } from '../measured-process.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

const CALLERS = 64
const BODY = randomBytes(4096)
const BARE_SERVER = fileURLToPath(new URL('../load/bare-server.js', import.meta.url))

/** Measures durable registers, compared with the smallest JSON answer of the same server. */
export const registerWork: Work = { id: 'register', measure: measureRegister }

async function measureRegister({ directory, options }: Bench): Promise<WorkResult[]> {
  const waybill = await startWaybill(join(directory, 'register'))
  const bare = await startProcess(process.execPath, [BARE_SERVER])
  const perRound = Math.ceil(options.registers / options.rounds)
  const samples = await alternate(options.rounds, [
    { name: 'register', measure: () => registerMany(waybill, perRound) },
    { name: 'empty JSON route', measure: () => getMany(waybill.url, '/v1/health', perRound) },
    { name: 'load alone', measure: () => getMany(bare.readyLine, '/', perRound) },
  ])
  await waybill.process.stop()
  await bare.stop()
  const measured = measuredOfAll(samples, (one) => one.perSecond)
  return [
    {
      id: 'register',
      title: 'Register, 64 callers',
      method:
        'POST /files for complete uploads of 4 KiB: each is checked by its bytes, and durable before the 201. ' +
        'The empty route is GET /v1/health of the same server; "load alone" is a minimal Node server.',
      unit: 'requests/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['register', 'empty JSON route'], {
        text: '× an empty JSON route',
        needed: 0.4,
        aim: 0.5,
        bound: 'at least',
      }),
    },
  ]
}

async function registerMany(waybill: Waybill, count: number): Promise<Load> {
  const uploads: Uploaded[] = []
  const names = Array.from({ length: count }, (_, index) => `${index}.bin`)
  await runCallers(waybill.url, CALLERS, names, async (call, name) => {
    uploads.push(await uploadSmall(waybill, call, name, BODY))
  })
  return runCallers(waybill.url, CALLERS, uploads, (call, uploaded) => register(waybill, call, uploaded))
}

function getMany(origin: string, path: string, count: number): Promise<Load> {
  const tasks = Array.from({ length: count }, () => path)
  return runCallers(origin, CALLERS, tasks, async (call) => {
    await call({ method: 'GET', path })
  })
}
