import { randomUUID } from 'node:crypto'
import { createId } from '../../domain/ids.ts'
import {
  type Claim,
  type ClaimRequest,
  MAX_TASK_AGE_MS,
  MAX_TASK_PAYLOAD_BYTES,
  type NewTask,
  type OverdueRequest,
  type Task,
  type TaskChange,
  type TaskRecords,
  type WhenUnfinished,
} from '../records/tasks.ts'
import type { Row } from './rows.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'

const MAX_ERROR_LENGTH = 1000
/** Organizations that one query of a claim looks at. */
const ORGANIZATIONS_AT_A_TIME = 16
/** Organizations that a claim looks at; the next claim continues after them. */
const MAX_ORGANIZATIONS_PER_CLAIM = 512

const READY = "kind = $kind AND state = 'ready'"
/**
 * The same condition for queries in the order of deadlines. Both databases would rather read and sort all tasks of the
 * kind: SQLite by another index, and PostgreSQL without statistics, because it expects few tasks of one kind.
 */
const READY_BY_DEADLINE = "COALESCE(kind = $kind, false) AND state = 'ready'"
const OWNED = "id = $id AND lease_token = $leaseToken AND state = 'running'"
const INSERT =
  'INSERT INTO tasks (id, kind, organization_id, key, payload, state, attempts, run_at_ms, deadline_at_ms, created_at_ms)'
const UNFINISHED = "ON CONFLICT (kind, key) WHERE state IN ('ready', 'running')"
const ON_CONFLICT = {
  keep: `${UNFINISHED} DO NOTHING`,
  replace: `${UNFINISHED} DO UPDATE SET payload = excluded.payload, state = 'ready', attempts = 0, run_at_ms = excluded.run_at_ms,
    lease_token = NULL, lease_until_ms = NULL, deadline_at_ms = excluded.deadline_at_ms, last_error = NULL,
    created_at_ms = excluded.created_at_ms
    WHERE tasks.organization_id = excluded.organization_id`,
}

/** Inserts a task, to be used in the transaction that causes it. Throws when the payload is too large. */
export function* insertTask(task: NewTask, whenUnfinished: WhenUnfinished = 'keep'): Steps<void> {
  yield* changeRows(
    `${INSERT}
     VALUES ($id, $kind, $organizationId, $key, $payload, 'ready', 0, $runAtMs, $deadlineAtMs, $createdAtMs)
     ${ON_CONFLICT[whenUnfinished]}`,
    toValues(task),
  )
}

/** Inserts tasks of different keys with one statement, as `insertTask` does. */
export function* insertTasks(
  dialect: Dialect,
  tasks: readonly NewTask[],
  whenUnfinished: WhenUnfinished = 'keep',
): Steps<void> {
  if (tasks.length === 0) return
  yield* changeRows(
    `${INSERT}
     SELECT value ->> 'id', value ->> 'kind', value ->> 'organizationId', value ->> 'key', value ->> 'payload',
       'ready', 0, CAST(value ->> 'runAtMs' AS BIGINT), CAST(value ->> 'deadlineAtMs' AS BIGINT),
       CAST(value ->> 'createdAtMs' AS BIGINT)
     FROM ${dialect.jsonItems('$tasks')} WHERE true
     ${ON_CONFLICT[whenUnfinished]}`,
    { tasks: toJsonParameter(tasks.map(toValues)) },
  )
}

function toValues({ kind, organizationId, key, payload, createdAtMs, ...times }: NewTask) {
  const { runAtMs = createdAtMs, deadlineAtMs = createdAtMs + MAX_TASK_AGE_MS } = times
  if (Buffer.byteLength(payload) > MAX_TASK_PAYLOAD_BYTES)
    throw new Error(`the payload of a task "${kind}" is too large`)
  return { id: createId('task'), kind, organizationId, key, payload, createdAtMs, runAtMs, deadlineAtMs }
}

/**
 * Locks the task until the end of the transaction. Returns false when the worker has lost it: then the transaction
 * must change nothing.
 */
export function* ownTask({ id, leaseToken }: Task): Steps<boolean> {
  // An update, because it locks the row on both databases.
  const sql = `UPDATE tasks SET lease_token = lease_token WHERE ${OWNED}`
  return (yield* changeRows(sql, { id, leaseToken })).count > 0
}

/** Deletes a finished task. Returns false when the worker has lost it: then the transaction must change nothing. */
export function* finishTask({ id, leaseToken }: Task): Steps<boolean> {
  return (yield* changeRows(`DELETE FROM tasks WHERE ${OWNED}`, { id, leaseToken })).count > 0
}

/** Deletes unfinished tasks, in the transaction that makes them needless. Returns their number. */
export function* cancelTasks(
  dialect: Dialect,
  organizationId: string,
  kind: string,
  keys: readonly string[],
): Steps<number> {
  if (keys.length === 0) return 0
  const { count } = yield* changeRows(
    `DELETE FROM tasks WHERE kind = $kind AND state IN ('ready', 'running') AND organization_id = $organizationId
       AND ${dialect.isOneOf('key', '$keys')}`,
    { organizationId, kind, keys: toJsonParameter(keys) },
  )
  return count
}

/** Tasks, equal on both databases. */
export function createTaskStatements({ transact, free, change, get, dialect }: Transactions): TaskRecords {
  const makeReady = async (task: Task, set: string, parameters: Record<string, string | number>) => {
    const { id, leaseToken } = task
    const sql = `UPDATE tasks SET state = 'ready', lease_token = NULL, lease_until_ms = NULL, ${set} WHERE ${OWNED}`
    // On a full disk, a task that is due again later is given up at its deadline, and not held until its lease ends.
    return free(function* () {
      return (yield* changeRows(sql, { id, leaseToken, ...parameters })).count > 0
    })
  }
  return {
    insert: (task, whenUnfinished) => transact(() => insertTask(task, whenUnfinished)),
    claim: (request) => transact(() => claimInTurn(dialect, request)),
    claimOverdue: (request) => free(() => claimOverdue(dialect, request)),

    releaseExpired: async (nowMs, limit) => {
      const { count } = await change(
        `WITH expired AS MATERIALIZED (
           SELECT id FROM tasks WHERE state = 'running' AND lease_until_ms <= $nowMs
           ORDER BY lease_until_ms LIMIT $limit ${dialect.forUpdateSkipLocked})
         UPDATE tasks SET state = 'ready', lease_token = NULL, lease_until_ms = NULL, last_error = $error
         WHERE state = 'running' AND id IN (SELECT id FROM expired)`,
        { nowMs, limit, error: 'the worker stopped without a result' },
      )
      return count
    },

    renew: async ({ id, leaseToken }, leaseUntilMs) => {
      const sql = `UPDATE tasks SET lease_until_ms = $leaseUntilMs WHERE ${OWNED}`
      return (await change(sql, { id, leaseToken, leaseUntilMs })).count > 0
    },

    finish: (task, alsoChange) => free(() => endTask(finishTask(task), alsoChange)),
    retry: (task, runAtMs, error) =>
      makeReady(task, 'run_at_ms = $runAtMs, last_error = $error', { runAtMs, error: storable(error) }),
    release: (task) => makeReady(task, 'attempts = attempts - 1', {}),
    bury: (task, nowMs, error, alsoChange) => free(() => endTask(buryTask(task, nowMs, error), alsoChange)),
    cancel: async (organizationId, kind, key) =>
      (await free(() => cancelTasks(dialect, organizationId, kind, [key]))) > 0,

    find: async (organizationId, kind, key) => {
      const isTask = 'kind = $kind AND key = $key AND organization_id = $organizationId'
      const row = await get(
        `SELECT * FROM tasks WHERE ${isTask} AND state IN ('ready', 'running')
         UNION ALL SELECT * FROM tasks WHERE ${isTask} AND state = 'dead' LIMIT 1`,
        { organizationId, kind, key },
      )
      return row && toStatus(row)
    },

    forgetDead: async (beforeMs, limit) =>
      free(function* () {
        const sql = `DELETE FROM tasks WHERE id IN
          (SELECT id FROM tasks WHERE state = 'dead' AND run_at_ms < $beforeMs ORDER BY run_at_ms LIMIT $limit)`
        return (yield* changeRows(sql, { beforeMs, limit })).count
      }),

    count: async (kind, limit) => {
      const counted = (state: string) =>
        `(SELECT count(*) FROM (SELECT 1 FROM tasks WHERE kind = $kind AND state = '${state}' LIMIT $limit) AS counted)`
      const row = await get(
        `SELECT ${counted('ready')} AS waiting, ${counted('running')} AS running, ${counted('dead')} AS dead,
           (SELECT created_at_ms FROM tasks WHERE ${READY_BY_DEADLINE} ORDER BY deadline_at_ms LIMIT 1) AS oldest`,
        { kind, limit },
      )
      return {
        waiting: Number(row?.waiting),
        running: Number(row?.running),
        dead: Number(row?.dead),
        oldestCreatedAtMs: row?.oldest == null ? null : Number(row.oldest),
      }
    },
  }
}

/**
 * Claims tasks round-robin: one of each organization in the order of their ids, from the one after the last claim, and
 * from the beginning again. Each step is a seek in an index, however many tasks wait.
 */
function* claimInTurn(dialect: Dialect, request: ClaimRequest): Steps<Claim> {
  const leaseToken = randomUUID()
  const tasks: Task[] = []
  let { after } = request
  let looked = 0
  let isLockedOut = false
  /** Claims since the pass over all organizations began. */
  let claimsInPass = after === '' ? 0 : 1
  while (tasks.length < request.max && looked < MAX_ORGANIZATIONS_PER_CLAIM) {
    const organizations = yield* nextOrganizations(request, after)
    for (const { id, isEligible } of organizations) {
      looked++
      after = id
      if (!isEligible) continue
      // Only one transaction at a time may count the running tasks of an organization.
      if (yield* tryLock(dialect, `tasks ${request.kind} ${id}`)) {
        const task = yield* claimOne(dialect, request, id, leaseToken)
        if (task === null) continue
        tasks.push(task)
        claimsInPass++
      } else isLockedOut = true
      if (tasks.length === request.max) break
    }
    if (tasks.length === request.max) break
    if (organizations.length === ORGANIZATIONS_AT_A_TIME) continue
    if (claimsInPass === 0) return { tasks, after: '', isExhausted: !isLockedOut }
    after = ''
    claimsInPass = 0
  }
  return { tasks, after, isExhausted: false }
}

/**
 * Organizations with ready tasks in the order of their ids, found by seeks in the index `ready_tasks`. The earliest
 * task is a query with a limit, which the index answers with one seek.
 */
const NEXT_ORGANIZATIONS = `
  WITH RECURSIVE waiting (organization_id, position) AS (
    SELECT (SELECT organization_id FROM tasks WHERE ${READY} AND organization_id > $after
      ORDER BY organization_id LIMIT 1), 1
    UNION ALL
    SELECT (SELECT tasks.organization_id FROM tasks
      WHERE ${READY} AND tasks.organization_id > waiting.organization_id
      ORDER BY tasks.organization_id LIMIT 1), position + 1
    FROM waiting WHERE waiting.organization_id IS NOT NULL AND position < ${ORGANIZATIONS_AT_A_TIME})
  SELECT organization_id,
    (SELECT run_at_ms FROM tasks
      WHERE ${READY} AND tasks.organization_id = waiting.organization_id ORDER BY run_at_ms LIMIT 1) <= $nowMs
    AND (SELECT count(*) FROM tasks WHERE kind = $kind AND state = 'running'
      AND tasks.organization_id = waiting.organization_id) < $maxPerOrganization AS is_eligible
  FROM waiting WHERE organization_id IS NOT NULL ORDER BY position`

function* nextOrganizations(
  { kind, nowMs, maxPerOrganization }: ClaimRequest,
  after: string,
): Steps<{ id: string; isEligible: boolean }[]> {
  const rows = yield* getRows(NEXT_ORGANIZATIONS, { kind, nowMs, maxPerOrganization, after })
  return rows.map((row) => ({ id: String(row.organization_id), isEligible: Boolean(row.is_eligible) }))
}

function* tryLock(dialect: Dialect, name: string): Steps<boolean> {
  const row = yield* getRow(`SELECT ${dialect.tryLock('$name')} AS is_locked`, { name })
  return Boolean(row?.is_locked)
}

const LEASE = `
  UPDATE tasks SET state = 'running', attempts = attempts + 1, lease_token = $leaseToken, lease_until_ms = $leaseUntilMs`

/** A task that has begun goes before those that have not: its deadline must not pass while it waits behind them. */
const BEGUN_FIRST = ['AND attempts > 0', ''] as const

function* claimOne(
  { forUpdateSkipLocked }: Dialect,
  { kind, nowMs, leaseUntilMs, deadlineAtMs, maxPerOrganization }: ClaimRequest,
  organizationId: string,
  leaseToken: string,
): Steps<Task | null> {
  const parameters = {
    ...{ kind, nowMs, leaseUntilMs, deadlineAtMs, maxPerOrganization, organizationId, leaseToken },
  }
  for (const begun of BEGUN_FIRST) {
    const sql = `${LEASE},
      deadline_at_ms = CASE WHEN deadline_at_ms > $deadlineAtMs THEN $deadlineAtMs ELSE deadline_at_ms END
      WHERE id = (SELECT id FROM tasks WHERE ${READY} AND organization_id = $organizationId AND run_at_ms <= $nowMs
        ${begun}
        AND (SELECT count(*) FROM tasks WHERE kind = $kind AND state = 'running'
          AND organization_id = $organizationId) < $maxPerOrganization
        ORDER BY run_at_ms, id LIMIT 1 ${forUpdateSkipLocked})
      RETURNING *`
    const [row] = (yield* changeRows(sql, parameters)).rows
    if (row !== undefined) return toTask(row)
  }
  return null
}

function* claimOverdue({ forUpdateSkipLocked }: Dialect, request: OverdueRequest): Steps<Task[]> {
  const { kind, nowMs, leaseUntilMs, max } = request
  const sql = `${LEASE}
    WHERE id = (SELECT id FROM tasks WHERE ${READY_BY_DEADLINE} AND deadline_at_ms <= $nowMs
      ORDER BY deadline_at_ms LIMIT 1 ${forUpdateSkipLocked})
    RETURNING *`
  const leaseToken = randomUUID()
  const tasks: Task[] = []
  while (tasks.length < max) {
    const [row] = (yield* changeRows(sql, { kind, nowMs, leaseUntilMs, leaseToken })).rows
    if (row === undefined) break
    tasks.push(toTask(row))
  }
  return tasks
}

/** Runs `end`, and `change` when the worker still had the task. */
function* endTask(end: Steps<boolean>, change?: TaskChange): Steps<boolean> {
  const isOwned = yield* end
  if (isOwned && change) yield* change()
  return isOwned
}

/**
 * Turns the task into the only dead one of its kind and key. Returns false when the worker has lost it: then the
 * transaction must change nothing.
 */
export function* buryTask({ id, leaseToken, kind, key }: Task, nowMs: number, error: string): Steps<boolean> {
  const { count } = yield* changeRows(
    `UPDATE tasks SET state = 'dead', run_at_ms = $nowMs, lease_token = NULL, lease_until_ms = NULL, last_error = $error
     WHERE ${OWNED}`,
    { id, leaseToken, nowMs, error: storable(error) },
  )
  if (count === 0) return false
  yield* changeRows("DELETE FROM tasks WHERE kind = $kind AND key = $key AND state = 'dead' AND id <> $id", {
    ...{ id, kind, key },
  })
  return true
}

/** Returns the message without characters that a database refuses, and not longer than the limit. */
function storable(error: string): string {
  return error.replaceAll('\0', '').slice(0, MAX_ERROR_LENGTH).toWellFormed()
}

function toTask(row: Row): Task {
  return {
    id: String(row.id),
    kind: String(row.kind),
    organizationId: String(row.organization_id),
    key: String(row.key),
    payload: String(row.payload),
    attempt: Number(row.attempts),
    createdAtMs: Number(row.created_at_ms),
    deadlineAtMs: Number(row.deadline_at_ms),
    leaseToken: String(row.lease_token),
  }
}

function toStatus(row: Row) {
  return {
    state: String(row.state) as 'ready' | 'running' | 'dead',
    payload: String(row.payload),
    attempts: Number(row.attempts),
    runAtMs: Number(row.run_at_ms),
    lastError: row.last_error === null ? null : String(row.last_error),
  }
}
