import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type Measured, measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill } from '../waybill.ts'
import { putToWaybill } from './single-put.ts'
import type { Bench, Work } from './work.ts'

/** Measures one upload with each checksum that a client can request in addition to the CRC-32C. */
export const checksumsWork: Work = { id: 'checksums', measure: measureChecksums }

const CONTESTANTS = [
  ['CRC-32C alone', []],
  ['with MD5', ['md5']],
  ['with SHA-256', ['sha256']],
  ['with both', ['md5', 'sha256']],
] as const

async function measureChecksums({ directory, options }: Bench): Promise<WorkResult[]> {
  const waybill = await startWaybill(join(directory, 'checksums'))
  const samples = await alternate(
    options.rounds,
    CONTESTANTS.map(([name, checksums]) => ({
      name,
      measure: () => putToWaybill(waybill, options.putBytes, checksums),
    })),
  )
  await waybill.process.stop()
  const measured: Measured[] = measuredOfAll(samples, (one) => one.mibPerSecond)
  const goal = (name: string, needed: number) =>
    ratioGoal(measured, [name, 'CRC-32C alone'], { text: `${name}: × without`, needed, bound: 'at least' })
  return [
    {
      id: 'checksums',
      title: 'One PUT of 1 GiB with checksums',
      method:
        'The upload of the first benchmark with `checksums` at upload-url. MD5 and SHA-256 are computed in the same thread ' +
        'as everything else, while the bytes arrive.',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured,
      goals: [...goal('with MD5', 0.5), ...goal('with SHA-256', 0.7), ...goal('with both', 0.4)],
    },
  ]
}
