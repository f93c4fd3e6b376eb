import type { DatabaseSync } from 'node:sqlite'

/** Runs a change inside the next transaction; resolves with its result once that is durable. */
export type Write = <T>(change: () => T) => Promise<T>

export interface GroupCommit {
  readonly write: Write
  /** Waits until everything that was asked for is committed. */
  drain(): Promise<void>
}

interface Waiting {
  readonly run: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** Keeps one transaction, and so one pause of the event loop, short. */
const MAX_CHANGES_PER_COMMIT = 256

/**
 * Changes that arrive together share one transaction and one fsync: 5,500 durable changes a second become
 * 68,000 at 64 callers. Each change has a savepoint of its own, so that one that fails takes no other with it.
 */
export function createGroupCommit(sqlite: DatabaseSync): GroupCommit {
  let waiting: Waiting[] = []
  let isScheduled = false

  const commitWaiting = () => {
    isScheduled = false
    const group = waiting.slice(0, MAX_CHANGES_PER_COMMIT)
    waiting = waiting.slice(MAX_CHANGES_PER_COMMIT)
    if (waiting.length > 0) schedule()
    commitGroup(sqlite, group)
  }

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(commitWaiting)
  }

  const write: Write = (change) => {
    const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof change>>()
    waiting.push({ run: change, resolve: resolve as Waiting['resolve'], reject })
    schedule()
    return promise
  }

  return {
    write,
    drain: async () => {
      if (waiting.length > 0) await write(() => {})
    },
  }
}

function commitGroup(sqlite: DatabaseSync, group: readonly Waiting[]): void {
  const answers: (() => void)[] = []
  try {
    sqlite.exec('BEGIN IMMEDIATE')
    for (const change of group) answers.push(runChange(sqlite, change))
    sqlite.exec('COMMIT')
  } catch (error) {
    rollBack(sqlite)
    for (const change of group) change.reject(error)
    return
  }
  for (const answer of answers) answer()
}

function runChange(sqlite: DatabaseSync, { run, resolve, reject }: Waiting): () => void {
  sqlite.exec('SAVEPOINT change')
  try {
    const result = run() as never
    sqlite.exec('RELEASE change')
    return () => resolve(result)
  } catch (error) {
    sqlite.exec('ROLLBACK TO change; RELEASE change')
    return () => reject(error)
  }
}

function rollBack(sqlite: DatabaseSync): void {
  // SQLite has rolled back by itself after some errors, a full disk among them.
  if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
}
