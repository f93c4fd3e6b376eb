import type { Context } from '../../operations/context.ts'
import { createHealthCheck } from '../../operations/health/create-health-check.ts'
import { createFullDiskLook } from '../../operations/uploads/check-room.ts'
import { URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { HEALTH } from './contract/health.ts'
import { healthBody } from './health-body.ts'

export function healthRoutes(context: Context): ContractPlugin {
  const checkHealth = createHealthCheck(context)
  const isFull = createFullDiskLook(context)
  return (app, _options, done) => {
    app.get(URLS.health, { schema: HEALTH.checkHealth }, async () => {
      const full = isFull()
      const isReadOnly = full !== false && (await full.catch(() => false))
      return { status: isReadOnly ? ('read_only' as const) : ('ok' as const) }
    })

    app.get(URLS.healthDetails, { schema: HEALTH.checkHealthDetails }, async (_request, reply) => {
      const { status, body } = healthBody(await checkHealth())
      return reply.code(status as 200 | 503).send(body)
    })
    done()
  }
}
