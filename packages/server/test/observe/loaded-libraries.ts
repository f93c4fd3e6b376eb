// Starts and stops a server with the settings of its environment; prints which libraries it loaded that not everybody needs.
import { registerHooks } from 'node:module'
import { pino } from 'pino'
import { readConfig } from '../../src/config.ts'

const loaded = new Set<string>()
registerHooks({
  load(url, context, nextLoad) {
    const library = /node_modules\/(prom-client|@opentelemetry|@google-cloud)\//.exec(url)?.[1]
    if (library) loaded.add(library)
    return nextLoad(url, context)
  },
})
const { startServer } = await import('../../src/compose/start-server.ts')
const server = await startServer(readConfig(process.env), pino({ level: 'silent' }))
await server.close()
console.log(JSON.stringify([...loaded].sort()))
