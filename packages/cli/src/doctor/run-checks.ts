import { redactPasswords } from '@waybill/server/platform/redact.ts'
import { type Finding, failed, type Seen } from './finding.ts'

export interface Check {
  readonly name: string
  run(): Promise<readonly Seen[]>
}

/** Runs one check after the other. One that cannot be made has failed, and the others are made all the same. */
export async function runChecks(
  checks: readonly Check[],
  report: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, run } of checks) {
    const seen = await run().catch((error: unknown) => [failed('check-failed', reasonOf(error))])
    for (const one of seen) {
      const finding = { check: name, ...one, message: redactPasswords(one.message) }
      findings.push(finding)
      report(finding)
    }
  }
  return findings
}

/** Why it failed, with what lies behind it: the message of a fetch alone says nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause instanceof Error && cause.message !== message ? `${message}: ${reasonOf(cause)}` : message
}
