/** What one check saw. `failed` is for what loses files, breaks uploads or keeps the service from working. */
export interface Finding {
  readonly check: string
  /** Names the fault; `ok` where there is none. */
  readonly code: string
  readonly level: 'ok' | 'warning' | 'failed'
  /** What is wrong and what to do, in a sentence or two. */
  readonly message: string
}

/** What a check may make: a finding, which `run-checks.ts` gives the name of its check. */
export type Seen = Omit<Finding, 'check'>

export function ok(message: string): Seen {
  return { code: 'ok', level: 'ok', message }
}

export function warning(code: string, message: string): Seen {
  return { code, level: 'warning', message }
}

export function failed(code: string, message: string): Seen {
  return { code, level: 'failed', message }
}
