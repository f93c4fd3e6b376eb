import { redactPasswords } from '@waybill/server/platform/redact.ts'
import { type CheckResult, type Finding, failed } from './finding.ts'

export interface Check {
  readonly name: string
  run(): Promise<readonly CheckResult[]>
}

/** Runs the checks one after the other. A check that throws is reported as failed, and the next ones still run. */
export async function runChecks(
  checks: readonly Check[],
  report: (finding: Finding) => void,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, run } of checks) {
    const results = await run().catch((error: unknown) => [failed('check-failed', reasonOf(error))])
    for (const one of results) {
      const finding = { check: name, ...one, message: redactPasswords(one.message) }
      findings.push(finding)
      report(finding)
    }
  }
  return findings
}

/** Returns the error's message with its causes. The message of a failed fetch has no detail without its cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  return cause instanceof Error && cause.message !== message ? `${message}: ${reasonOf(cause)}` : message
}
