import { join } from 'node:path'
import { alternate } from '../alternate.ts'
import { type PutSample, putOnce } from '../load/put-once.ts'
import type { Peer } from '../peers.ts'
import { removeStored } from '../remove-stored.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { startWaybill, type Waybill } from '../waybill.ts'
import { putToDiscard } from './single-put.ts'
import type { Bench, Work } from './work.ts'

/** Measures one large upload of tus in one body. */
export const tusPatchWork: Work = { id: 'tus-patch', measure: measureTusPatch }

async function measureTusPatch({ directory, options, peers, limit }: Bench): Promise<WorkResult[]> {
  const bytes = options.putBytes
  const waybill = await startWaybill(join(directory, 'tus-patch'))
  const discard = await limit.discard()
  const { tus } = peers
  const samples = await alternate(options.rounds, [
    { name: 'Waybill', measure: () => patchWaybill(waybill, bytes) },
    ...(tus === null ? [] : [{ name: tus.name, measure: () => patchPeer(tus, bytes, directory) }]),
    { name: 'load alone', measure: () => putToDiscard(discard, bytes) },
  ])
  await waybill.process.stop()
  await discard.process.stop()
  const measured = measuredOfAll(samples, (one) => one.mibPerSecond)
  return [
    {
      id: 'tus-patch',
      title: 'tus: one PATCH of 1 GiB',
      method:
        'The upload is created before, and one PATCH has all of its bytes. Waybill computes CRC-32C, syncs, and registers the ' +
        'File before it answers; @tus/server does none of it.',
      unit: 'MiB/s',
      isMoreBetter: true,
      measured,
      goals: ratioGoal(measured, ['Waybill', '@tus/server'], {
        text: '× @tus/server',
        needed: 2,
        bound: 'at least',
      }),
    },
  ]
}

async function patchWaybill({ filesUrl, apiKey, process, dataDirectory }: Waybill, bodyBytes: number) {
  const headers = { 'tus-resumable': '1.0.0', 'x-api-key': apiKey, 'upload-length': String(bodyBytes) }
  const created = await fetch(`${filesUrl}/tus`, { method: 'POST', headers })
  const url = created.headers.get('location')
  if (url === null) throw new Error(`the creation answered ${created.status}: ${await created.text()}`)
  const sample = await putOnce(process, {
    method: 'PATCH',
    url,
    headers: {
      'tus-resumable': '1.0.0',
      'upload-offset': 0,
      'content-type': 'application/offset+octet-stream',
    },
    bodyBytes,
  })
  await removeStored(dataDirectory)
  return sample
}

async function patchPeer(peer: Peer, bodyBytes: number, directory: string): Promise<PutSample> {
  const sample = await putOnce(peer.process, await peer.upload(bodyBytes))
  await removeStored(directory)
  return sample
}
