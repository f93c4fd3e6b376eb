/** Result of a check. `failed` means that files can be lost, uploads break or the service does not work. */
export interface Finding {
  readonly check: string
  /** Stable name of the problem or of the note; `ok` when there is none. */
  readonly code: string
  readonly level: 'ok' | 'warning' | 'failed'
  /** Describes the problem and what to do, in one or two sentences. */
  readonly message: string
}

/** A finding as a check returns it. `run-checks.ts` adds the name of the check. */
export type CheckResult = Omit<Finding, 'check'>

export function ok(message: string): CheckResult {
  return { code: 'ok', level: 'ok', message }
}

/** A fact that is no fault, but that clients have to know. */
export function note(code: string, message: string): CheckResult {
  return { code, level: 'ok', message }
}

export function warning(code: string, message: string): CheckResult {
  return { code, level: 'warning', message }
}

export function failed(code: string, message: string): CheckResult {
  return { code, level: 'failed', message }
}
