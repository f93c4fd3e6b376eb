// Starts and stops a server with the settings of its environment.
import { pino } from 'pino'
import { readConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'

const server = await startServer(readConfig(process.env), pino({ level: 'silent' }))
await server.close()
