import { createHash } from 'node:crypto'
import { Pool, type PoolClient, type QueryConfig } from 'pg'
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

  return {
    statements: statementsOn((sql, parameters) => tryAgain(() => pool.query(toQuery(sql, parameters)))),
    transaction: (work) => tryAgain(() => inTransaction(pool, toQuery, work)),
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
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work({
      ...statementsOn((sql, parameters) => client.query(toQuery(sql, parameters))),
      script: async (sql) => {
        await client.query(sql)
      },
    })
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    await rollBack(client)
    throw error
  }
}

/** A connection that cannot even do this is not given back to the pool. */
async function rollBack(client: PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK')
    client.release()
  } catch {
    client.release(true)
  }
}

async function tryAgain<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries === MAX_TRIES || !isWorthAnotherTry(error)) throw toServiceError(error)
    }
  }
}
