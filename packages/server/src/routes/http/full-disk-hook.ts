import type { FastifyInstance } from 'fastify'
import { checkNotFull } from '../../operations/check-room.ts'
import type { Context } from '../../operations/context.ts'

const WRITES: ReadonlySet<string> = new Set(['POST', 'PATCH'])
/** What takes a key's rights away must not wait for room. */
const ALWAYS_ALLOWED: ReadonlySet<string> = new Set(['pauseApiKey', 'deactivateApiKey'])

/** On a full disk everything that adds is refused with STORAGE_FULL; reads and deletes go on. */
export function addFullDiskHook(app: FastifyInstance, context: Context): void {
  app.addHook('preHandler', async ({ method, routeOptions }) => {
    if (!WRITES.has(method) || ALWAYS_ALLOWED.has(routeOptions.schema?.operationId ?? '')) return
    await checkNotFull(context)
  })
}
