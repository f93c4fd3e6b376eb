// Starts and stops a server with the settings of its environment.
import { pino } from 'pino'
import { startServer } from '../../src/compose/start-server.ts'
import { readConfig } from '../../src/config.ts'

const server = await startServer(readConfig(process.env), pino({ level: 'silent' }))
await server.close()
