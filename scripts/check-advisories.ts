/**
 * Exits with 1 when a production dependency has a known vulnerability of severity high or critical. When the registry
 * is unavailable, prints a message and exits with 0.
 */
import { spawnSync } from 'node:child_process'

const SEVERE: ReadonlySet<string> = new Set(['high', 'critical'])
const TIMEOUT_MS = 60_000

interface Report {
  readonly vulnerabilities: Record<string, { readonly severity: string; readonly range: string }>
}

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
  encoding: 'utf8',
  timeout: TIMEOUT_MS,
})
const report = reportOf(stdout ?? '')
if (report === null) {
  const lines = `${stderr || stdout}`.trim().split('\n').slice(0, 3)
  console.log(`The advisories were NOT checked, since the registry cannot be asked: ${lines.join(' ')}`)
} else {
  const found = Object.entries(report.vulnerabilities)
  const severe = found.filter(([, { severity }]) => SEVERE.has(severity))
  for (const [name, { severity, range }] of severe) console.error(`${name} ${range}: ${severity}`)
  if (severe.length > 0) process.exitCode = 1
  else console.log(`No advisory is high or critical; ${found.length} are below.`)
}

/** Parses the report; returns null when the text is not a report, such as an error. */
function reportOf(text: string): Report | null {
  try {
    const answer = JSON.parse(text)
    return typeof answer.vulnerabilities === 'object' && answer.vulnerabilities !== null ? answer : null
  } catch {
    return null
  }
}
