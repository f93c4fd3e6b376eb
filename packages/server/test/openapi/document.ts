import { pino } from 'pino'
import { startServer } from '../../src/compose/start-server.ts'
import { readConfig } from '../../src/config.ts'

/** The document as the service serves it, in the form in which it is kept in the repository. */
export async function openapiDocument(): Promise<string> {
  const environment = { PORT: '0', STORAGE_URL: 'memory:', DATABASE_URL: 'sqlite::memory:' }
  const server = await startServer(readConfig(environment), pino({ level: 'silent' }))
  try {
    const answer = await fetch(`${server.url}/openapi.json`)
    return `${JSON.stringify(await answer.json(), null, 2)}\n`
  } finally {
    await server.close()
  }
}
