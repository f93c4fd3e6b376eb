import { createHash } from 'node:crypto'
import { Pool, type QueryConfig } from 'pg'
import type { PoolState } from '../database.ts'
import type { Row } from '../sql/rows.ts'
import { type Changed, matchesNothing, type Parameters, type Statements } from '../sql/statements.ts'
import type { Steps, Transactions } from '../sql/transactions.ts'
import { isRetryable, toServiceError } from './faults.ts'

/** Parameters of a statement. Arrays are for statements on many rows. */
type PostgresParameters = Readonly<Record<string, Parameters[string] | readonly Parameters[string][]>>

/** Connection pool of this process. Statements are named, so that each connection prepares them once. */
export interface Connection {
  readonly statements: PostgresStatements
  /** Transactions that are written once for both databases. */
  readonly transactions: Transactions
  /** Runs several statements in one transaction. Repeats `work` after a conflict with another transaction. */
  transaction<T>(work: (inside: Transaction) => Promise<T>): Promise<T>
  poolState(): PoolState
  close(): Promise<void>
}

export interface PostgresStatements extends Statements {
  change(sql: string, parameters?: PostgresParameters): Promise<Changed>
}

export interface Transaction extends PostgresStatements {
  /** Runs any number of statements without parameters. */
  script(sql: string): Promise<void>
}

export interface PoolOptions {
  readonly url: string
  readonly maxConnections: number
}

/** Longest wait for a database connection. */
const CONNECT_TIMEOUT_MS = 5000
/** Limit at which the server ends a statement. All statements of the service are much faster. */
const STATEMENT_TIMEOUT_MS = 30_000
/** Limit at which the client gives up, for a server that does not respond. */
const RESPONSE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5000
const IDLE_CONNECTION_MS = 60_000
/** Limit of a migration, which may build an index on a large table. */
const SCRIPT_TIMEOUT_MS = 24 * 60 * 60 * 1000
const MAX_TRIES = 5

/** Creates a pool that connects with the first statement. Calls `onLost` when an idle connection breaks. */
export function createConnection(
  { url, maxConnections }: PoolOptions,
  onLost: (reason: string) => void,
): Connection {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: RESPONSE_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'waybill',
  })
  // Only the message: the error object refers to the connection, which holds the password.
  pool.on('error', ({ message }) => onLost(message))
  const toQuery = createQueries()
  // After a migration each connection can fail once because of an outdated plan.
  const maxTries = maxConnections + MAX_TRIES

  const statements = statementsOn((sql, parameters) =>
    withRetries(maxTries, () => withServiceErrors(pool.query(toQuery(sql, parameters)))),
  )
  const transaction = <T>(work: (inside: Transaction) => Promise<T>) =>
    withRetries(maxTries, () => inTransaction(pool, toQuery, work))
  const transact = <T>(begin: () => Steps<T>) => transaction((inside) => runSteps(inside, begin()))

  return {
    statements,
    transactions: {
      ...statements,
      transact,
      free: transact,
      dialect: {
        forUpdate: 'FOR UPDATE',
        forUpdateSkipLocked: 'FOR UPDATE SKIP LOCKED',
        tryLock: (expression) => `pg_try_advisory_xact_lock(hashtextextended(${expression}, 0))`,
        forShare: 'FOR SHARE',
        isDisowned: (parameter) => `is_disowned(${parameter})`,
        position: (text, part) => `strpos(${text}, ${part})`,
        withoutSync: "set_config('synchronous_commit', 'off', true) = 'off'",
        jsonItems: (parameter) => `jsonb_array_elements(${parameter}::jsonb) AS item (value)`,
        isOneOf: (column, parameter) =>
          `${column} = ANY (ARRAY(SELECT json_array_elements_text(${parameter}::json)))`,
      },
    },
    transaction,
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

type ToQuery = (sql: string, parameters: PostgresParameters) => QueryConfig

/** Replaces `$name` by the numbered parameters of PostgreSQL, once for each statement. */
function createQueries(): ToQuery {
  const known = new Map<string, { name: string; text: string; parameterNames: readonly string[] }>()
  const prepare = (sql: string) => {
    const parameterNames = [...new Set([...sql.matchAll(/\$([a-z]\w*)/gi)].map(([, name]) => String(name)))]
    const text = sql.replace(/\$([a-z]\w*)/gi, (_, name) => `$${parameterNames.indexOf(name) + 1}`)
    const prepared = {
      name: createHash('sha256').update(text).digest('hex').slice(0, 32),
      text,
      parameterNames,
    }
    known.set(sql, prepared)
    return prepared
  }
  return (sql, parameters) => {
    const { name, text, parameterNames } = known.get(sql) ?? prepare(sql)
    return { name, text, values: parameterNames.map((parameter) => parameters[parameter]) }
  }
}

type Run = (sql: string, parameters: PostgresParameters) => Promise<{ rowCount: number | null; rows: Row[] }>

function statementsOn(run: Run): PostgresStatements {
  const all = async (sql: string, parameters: Parameters = {}) =>
    matchesNothing(sql, parameters) ? [] : (await run(sql, parameters)).rows
  return {
    all,
    get: async (sql, parameters) => (await all(sql, parameters))[0] ?? null,
    change: async (sql, parameters = {}) => {
      if (matchesNothing(sql, parameters)) return { count: 0, rows: [] }
      const { rowCount, rows } = await run(sql, parameters)
      return { count: rowCount ?? 0, rows }
    },
  }
}

async function inTransaction<T>(
  pool: Pool,
  toQuery: ToQuery,
  work: (inside: Transaction) => Promise<T>,
): Promise<T> {
  const client = await withServiceErrors(pool.connect())
  // The pool does not handle errors of a checked-out connection. The next statement throws them.
  client.on('error', ignore)
  const query: Run = (sql, parameters) => withServiceErrors(client.query(toQuery(sql, parameters)))
  const script = async (sql: string) => {
    await withServiceErrors(client.query({ text: sql, query_timeout: SCRIPT_TIMEOUT_MS } as QueryConfig))
  }
  let isCommitted = false
  try {
    await script('BEGIN')
    const result = await work({ ...statementsOn(query), script })
    await script('COMMIT')
    isCommitted = true
    return result
  } finally {
    // Closing the connection rolls back, even when its state is unknown.
    client.release(!isCommitted)
    client.off('error', ignore)
  }
}

async function runSteps<T>({ change }: PostgresStatements, steps: Steps<T>): Promise<T> {
  let next = steps.next()
  while (!next.done) next = steps.next(await change(next.value.sql, next.value.parameters))
  return next.value
}

function ignore(): void {}

async function withServiceErrors<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    throw toServiceError(error)
  }
}

async function withRetries<T>(maxTries: number, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries === maxTries || !isRetryable(error)) throw error
    }
  }
}
