import { createHash } from 'node:crypto'
import { Pool, type QueryConfig } from 'pg'
import type { PoolState } from '../database.ts'
import type { Row } from '../sql/rows.ts'
import { type Changed, meetsNothing, type Parameters, type Statements } from '../sql/statements.ts'
import { isWorthAnotherTry, toServiceError } from './faults.ts'

/** Arrays are for the statements that work on many rows at once. */
type PostgresParameters = Readonly<Record<string, Parameters[string] | readonly Parameters[string][]>>

/** The pool of connections of this process. Statements are named, so that each connection prepares them once. */
export interface Connection {
  readonly statements: PostgresStatements
  /** Several statements as one transaction. It is run again where another one stood in its way. */
  transaction<T>(work: (inside: Transaction) => Promise<T>): Promise<T>
  poolState(): PoolState
  close(): Promise<void>
}

export interface PostgresStatements extends Statements {
  change(sql: string, parameters?: PostgresParameters): Promise<Changed>
}

export interface Transaction extends PostgresStatements {
  /** Any number of statements without parameters. */
  script(sql: string): Promise<void>
}

export interface PoolOptions {
  readonly url: string
  readonly maxConnections: number
}

/** So long a caller waits for a connection, whether the pool is full or the server away. */
const CONNECT_TIMEOUT_MS = 5000
/** No statement of ours takes nearly as long; one that does is ended by the server, or by us where that is silent. */
const STATEMENT_TIMEOUT_MS = 30_000
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5000
const IDLE_CONNECTION_MS = 60_000
/** A migration may build an index over everything there is. */
const SCRIPT_TIMEOUT_MS = 24 * 60 * 60 * 1000
const MAX_TRIES = 5

/** Connects when the first statement asks for it. `onLost` is told of connections that broke while nobody used them. */
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
    query_timeout: SILENCE_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'waybill',
  })
  // The error carries the connection, which knows the password.
  pool.on('error', ({ message }) => onLost(message))
  const toQuery = createQueries()
  // Each connection may have a plan from before a new column, and none has it twice.
  const maxTries = maxConnections + MAX_TRIES

  return {
    statements: statementsOn((sql, parameters) =>
      tryAgain(maxTries, () => explained(pool.query(toQuery(sql, parameters)))),
    ),
    transaction: (work) => tryAgain(maxTries, () => inTransaction(pool, toQuery, work)),
    poolState: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  }
}

type ToQuery = (sql: string, parameters: PostgresParameters) => QueryConfig

/** Turns `$name` into the numbers that PostgreSQL knows, once for each statement. */
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
    meetsNothing(sql, parameters) ? [] : (await run(sql, parameters)).rows
  return {
    all,
    get: async (sql, parameters) => (await all(sql, parameters))[0] ?? null,
    change: async (sql, parameters = {}) => {
      if (meetsNothing(sql, parameters)) return { count: 0, rows: [] }
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
  const client = await explained(pool.connect())
  // The pool does not listen to a connection that it has lent; the statement that meets the fault throws it.
  client.on('error', ignore)
  const query: Run = (sql, parameters) => explained(client.query(toQuery(sql, parameters)))
  const script = async (sql: string) => {
    await explained(client.query({ text: sql, query_timeout: SCRIPT_TIMEOUT_MS } as QueryConfig))
  }
  let isWhole = false
  try {
    await script('BEGIN')
    const result = await work({ ...statementsOn(query), script })
    await script('COMMIT')
    isWhole = true
    return result
  } finally {
    // To let go of the connection rolls back, also where its state is not known any more.
    client.release(!isWhole)
    client.off('error', ignore)
  }
}

function ignore(): void {}

/** Faults of the statement, the server or the way to it become the service's; what `work` throws stays as it is. */
async function explained<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    throw toServiceError(error)
  }
}

async function tryAgain<T>(maxTries: number, run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries === maxTries || !isWorthAnotherTry(error)) throw error
    }
  }
}
