import { type CheckResult, failed, ok } from '../finding.ts'
import { reasonOf } from '../run-checks.ts'
import { probeAddresses, probePaths } from './probe-addresses.ts'
import { probeBodyLimit } from './probe-body-limit.ts'
import { probeBuffering } from './probe-buffering.ts'
import { probeDownloads } from './probe-downloads.ts'
import { probeIetf } from './probe-ietf.ts'
import { probeProtocol } from './probe-protocol.ts'
import { probeReach } from './probe-reach.ts'
import { probeTimeLimit } from './probe-time-limit.ts'
import { probeTus } from './probe-tus.ts'
import type { Target } from './target.ts'

const PROBES = [
  probeAddresses,
  probePaths,
  probeProtocol,
  probeTus,
  probeIetf,
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
    const found = await probe(target).catch((error) => [failed('check-failed', reasonOf(error))])
    // Several protocols can find the same problem.
    results.push(...found.filter(({ message }) => results.every((other) => other.message !== message)))
  }
  if (results.some(({ level }) => level !== 'ok')) return results
  if (!target.receivesBytes)
    return [ok(`The API works through ${target.url}. Uploads and downloads go directly to the provider.`)]
  return [
    ok(
      `Uploads of all protocols, resumed uploads and downloads work through ${target.url}. Slow uploads were tested for ${target.seconds} s.`,
    ),
    ...results,
  ]
}
