import type { FastifyInstance } from 'fastify'
import type { Context } from '../../operations/context.ts'
import { createFullDiskLook, storageFull } from '../../operations/uploads/check-room.ts'

const WRITES: ReadonlySet<string> = new Set(['POST', 'PATCH'])
/** Operations that restrict a key: allowed on a full disk. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(['pauseApiKey', 'deactivateApiKey'])

/** Refuses writes with STORAGE_FULL on a full disk; reads and deletes continue. */
export function addFullDiskHook(app: FastifyInstance, context: Context): void {
  const isFull = createFullDiskLook(context)
  app.addHook('preHandler', ({ method, routeOptions }, _reply, done) => {
    const mayPass = !WRITES.has(method) || ALWAYS_ALLOWED.has(routeOptions.schema?.operationId ?? '')
    const full = mayPass ? false : isFull()
    if (full === false) done()
    else full.then((isFullNow) => done(isFullNow ? storageFull() : undefined), done)
  })
}
