import type { FastifyInstance } from 'fastify'
import type { Context } from '../../operations/context.ts'
import { createFullDiskLook, storageFull } from '../../operations/uploads/check-room.ts'

const WRITES: ReadonlySet<string> = new Set(['POST', 'PATCH'])

/** Refuses writes with STORAGE_FULL on a full disk, except those of endpoints that are allowed on it. */
export function addFullDiskHook(app: FastifyInstance, context: Context): void {
  const isFull = createFullDiskLook(context)
  app.addHook('preHandler', async ({ method, routeOptions }) => {
    if (!WRITES.has(method) || routeOptions.config.isAllowedOnFullDisk) return
    if (await isFull()) throw storageFull()
  })
}
