// Compares one process with several workers: registers, files of 4 KiB, one large PUT and memory. Processor time is that of
// all processes of the service. With --base, the program of another checkout takes part, to show what the option costs.
// Usage: node bench/compare-workers.ts [--workers 2] [--base DIRECTORY] [--rounds N] [--cores LIST]
// --cores pins the services, as `taskset --cpu-list` does; pin this program itself with taskset.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { alternate } from './alternate.ts'
import { buildCheckout, THIS_CHECKOUT } from './checkout.ts'
import { type Load, runCallers } from './load/callers.ts'
import { putOnce } from './load/put-once.ts'
import { register, type Uploaded, uploadSmall } from './load/small-flow.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { summarize } from './statistics.ts'
import { createUpload, startWaybill, type Waybill } from './waybill.ts'

interface Sample {
  readonly registersPerSecond: number
  readonly cpuMsPerRegister: number
  readonly filesPerSecond: number
  readonly cpuMsPerFile: number
  readonly putMibPerSecond: number
  readonly cpuSecondsPerGib: number
  readonly residentMib: readonly number[]
}

const BODY = randomBytes(4096)
const PUT_BYTES = 1024 ** 3
const CALLERS = { registers: 64, files: 32 }

const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    base: { type: 'string' },
    rounds: { type: 'string', default: '7' },
    files: { type: 'string', default: '400' },
    cores: { type: 'string' },
  },
})
const files = Number(values.files)

/** Returns the ids of the process and of its children. */
async function treeOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  const trees = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(treeOf))
  return [pid, ...trees.flat()]
}

/** Returns the processor time of a service, that of its workers included. */
async function cpuSecondsOf(pid: number): Promise<number> {
  const all = await Promise.all(
    (await treeOf(pid)).map(async (one) => {
      const text = await readFile(`/proc/${one}/stat`, 'utf8')
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    }),
  )
  return all.reduce((sum, seconds) => sum + seconds, 0)
}

async function residentMibOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024)
}

/** Starts the program, measures it, and removes what it stored. */
async function measureService(directory: string, checkout: string, workers: string | null): Promise<Sample> {
  process.env.BENCH_CHECKOUT = checkout
  const waybill = await startWaybill(directory, workers === null ? {} : { WORKERS: workers })
  delete process.env.BENCH_CHECKOUT
  const { pid } = waybill.process
  try {
    if (values.cores !== undefined) {
      for (const one of await treeOf(pid))
        await promisify(execFile)('taskset', [
          '--all-tasks',
          '--pid',
          '--cpu-list',
          values.cores,
          String(one),
        ])
    }
    return await measureWorks(waybill)
  } finally {
    await waybill.process.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function measureWorks(waybill: Waybill): Promise<Sample> {
  const { pid } = waybill.process
  const timed = async (work: () => Promise<Load>) => {
    const before = await cpuSecondsOf(pid)
    const { perSecond } = await work()
    return [perSecond, (((await cpuSecondsOf(pid)) - before) * 1000) / files] as const
  }
  const names = Array.from({ length: files }, (_, index) => `${index}.bin`)
  const store = () =>
    runCallers(waybill.url, CALLERS.files, names, async (call, name) => {
      await register(waybill, call, await uploadSmall(waybill, call, name, BODY))
    })
  await store()
  const [filesPerSecond, cpuMsPerFile] = await timed(store)
  const uploads: Uploaded[] = []
  await runCallers(waybill.url, CALLERS.files, names, async (call, name) => {
    uploads.push(await uploadSmall(waybill, call, name, BODY))
  })
  const [registersPerSecond, cpuMsPerRegister] = await timed(() =>
    runCallers(waybill.url, CALLERS.registers, uploads, (call, uploaded) =>
      register(waybill, call, uploaded),
    ),
  )
  const all: Pick<MeasuredProcess, 'cpuSeconds'> = { cpuSeconds: () => cpuSecondsOf(pid) }
  const { uploadUrl } = await createUpload(waybill, PUT_BYTES)
  const put = await putOnce(
    { ...waybill.process, ...all },
    {
      method: 'PUT',
      url: uploadUrl,
      headers: {},
      bodyBytes: PUT_BYTES,
    },
  )
  const residentMib = await Promise.all((await treeOf(pid)).map(residentMibOf))
  return {
    ...{ registersPerSecond, cpuMsPerRegister, filesPerSecond, cpuMsPerFile, residentMib },
    ...{ putMibPerSecond: put.mibPerSecond, cpuSecondsPerGib: put.cpuSecondsPerGib },
  }
}

const directory = await mkdtemp(join(tmpdir(), 'waybill-workers-'))
try {
  const sides: [name: string, checkout: string, workers: string | null][] = [
    ...(values.base === undefined ? [] : [['base', resolve(values.base), null] as [string, string, null]]),
    ['1', THIS_CHECKOUT, '1'],
    [values.workers, THIS_CHECKOUT, values.workers],
  ]
  for (const checkout of new Set(sides.map(([, checkout]) => checkout))) await buildCheckout(checkout)
  const samples = await alternate(
    Number(values.rounds),
    sides.map(([name, checkout, workers]) => ({
      name,
      measure: () => measureService(join(directory, name), checkout, workers),
    })),
  )
  console.log(`| workers | ${[...samples.keys()].join(' | ')} |\n| --- |${' ---: |'.repeat(samples.size)}`)
  for (const [title, of] of [
    ['registers/s', (one: Sample) => one.registersPerSecond],
    ['processor ms per register', (one: Sample) => one.cpuMsPerRegister],
    ['files of 4 KiB/s', (one: Sample) => one.filesPerSecond],
    ['processor ms per file', (one: Sample) => one.cpuMsPerFile],
    ['PUT of 1 GiB, MiB/s', (one: Sample) => one.putMibPerSecond],
    ['processor s per GiB', (one: Sample) => one.cpuSecondsPerGib],
  ] as const) {
    const medians = [...samples.values()].map((all) => summarize(all.map(of)).median.toPrecision(3))
    console.log(`| ${title} | ${medians.join(' | ')} |`)
  }
  const memory = [...samples.values()].map((all) => all.at(-1)?.residentMib.join(' + '))
  console.log(`| resident MiB of each process after it | ${memory.join(' | ')} |`)
} finally {
  await rm(directory, { recursive: true, force: true })
}
