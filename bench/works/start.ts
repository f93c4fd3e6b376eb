import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Goal, measuredOfAll, medianOf, type WorkResult } from '../result.ts'
import { seedFiles } from '../seed-files.ts'
import { createInstallation, type Installation, ORGANIZATION, serveInstallation } from '../waybill.ts'
import type { Bench, Work } from './work.ts'

/** Measures the time from the start of the process to its first answer. */
export const startWork: Work = { id: 'start', measure: measureStart }

async function measureStart({ directory, options }: Bench): Promise<WorkResult[]> {
  const empty = join(directory, 'start-empty')
  const many = await createInstallation(join(directory, 'start-many'))
  seedFiles(many, ORGANIZATION, options.manyFiles)
  const names = { empty: 'a new installation', many: `${options.manyFiles.toLocaleString('en')} files` }
  const samples = await alternate(options.rounds, [
    {
      name: names.empty,
      measure: async () => {
        await rm(empty, { recursive: true, force: true })
        return startOnce({ ...many, settings: { ...many.settings, DATA_DIR: empty } })
      },
    },
    { name: names.many, measure: () => startOnce(many) },
  ])
  const measured = measuredOfAll(samples, (value) => value)
  const goal = (name: string): Goal => ({
    text: name,
    measured: medianOf(measured, name) ?? Number.NaN,
    needed: 350,
    aim: 300,
    bound: 'at most',
    unit: 'ms',
  })
  return [
    {
      id: 'start',
      title: 'From start to the first answer',
      method:
        'Time from running the command to the answer of GET /v1/health, which is requested as soon as the server listens.',
      unit: 'ms',
      isMoreBetter: false,
      measured,
      goals: [goal(names.empty), goal(names.many)],
    },
  ]
}

async function startOnce(installation: Installation): Promise<number> {
  const startMs = performance.now()
  const waybill = await serveInstallation(installation)
  const answer = await fetch(`${waybill.url}/v1/health`)
  if (!answer.ok) throw new Error(`health answered ${answer.status}`)
  const milliseconds = performance.now() - startMs
  await waybill.process.stop()
  return milliseconds
}
