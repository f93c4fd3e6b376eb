import { pino } from 'pino'
import { startServer } from '../../src/compose/start-server.ts'
import { readConfig } from '../../src/config.ts'

/** Returns the document that the service serves, in the format of api/openapi.json. */
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
