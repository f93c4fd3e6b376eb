import { failed, ok, type Seen } from '../finding.ts'
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

/** Uploads and downloads through the URL, and says what something on the way breaks. */
export async function checkUrl(target: Target): Promise<Seen[]> {
  const unreached = await probeReach(target)
  if (unreached.length > 0) return unreached
  const seen: Seen[] = []
  for (const probe of target.takesBytes ? PROBES : [probePaths]) {
    // One that cannot be made says nothing of the others.
    seen.push(...(await probe(target).catch((error) => [failed('check-failed', reasonOf(error))])))
  }
  if (seen.length > 0) return seen
  if (!target.takesBytes)
    return [ok(`The API is reached through ${target.url}; bytes go straight to the provider.`)]
  return [
    ok(
      `Uploads, resumes and downloads work through ${target.url}; slow uploads were watched for ${target.seconds} s.`,
    ),
  ]
}
