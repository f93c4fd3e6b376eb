import { type CheckResult, failed, ok } from '../finding.ts'
import { reasonOf } from '../run-checks.ts'
import { probeAddresses, probePaths } from './probe-addresses.ts'
import { probeBodyLimit } from './probe-body-limit.ts'
import { probeBuffering } from './probe-buffering.ts'
import { probeDownloads } from './probe-downloads.ts'
import { probeProtocol } from './probe-protocol.ts'
import { probeReach } from './probe-reach.ts'
import { probeTimeLimit } from './probe-time-limit.ts'
import type { Target } from './target.ts'

const PROBES = [
  probeAddresses,
  probePaths,
  probeProtocol,
  probeDownloads,
  probeBodyLimit,
  probeBuffering,
  probeTimeLimit,
]

/** Uploads and downloads through the URL. Reports what a proxy in between breaks. */
export async function checkUrl(target: Target): Promise<CheckResult[]> {
  const unreached = await probeReach(target)
  if (unreached.length > 0) return unreached
  const results: CheckResult[] = []
  for (const probe of target.receivesBytes ? PROBES : [probePaths]) {
    // The other probes can still run after one has thrown.
    results.push(...(await probe(target).catch((error) => [failed('check-failed', reasonOf(error))])))
  }
  if (results.length > 0) return results
  if (!target.receivesBytes)
    return [ok(`The API works through ${target.url}. Uploads and downloads go directly to the provider.`)]
  return [
    ok(
      `Uploads, resumed uploads and downloads work through ${target.url}. Slow uploads were tested for ${target.seconds} s.`,
    ),
  ]
}
