import type { FastifyInstance } from 'fastify'
import type { Context } from '../../operations/context.ts'
import { createFullDiskCheck, storageFull } from '../../operations/uploads/check-free-space.ts'

const WRITES: ReadonlySet<string> = new Set(['POST', 'PATCH'])

/** Refuses writes with STORAGE_FULL on a full disk, except those of endpoints that are allowed on it. */
export function addFullDiskHook(app: FastifyInstance, context: Context): void {
  const isFull = createFullDiskCheck(context)
  app.addHook('preHandler', ({ method, routeOptions }, _reply, done) => {
    const mayPass = !WRITES.has(method) || routeOptions.config.isAllowedOnFullDisk
    const full = mayPass ? false : isFull()
    if (full === false) done()
    else full.then((isFullNow) => done(isFullNow ? storageFull() : undefined), done)
  })
}
