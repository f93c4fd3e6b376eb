import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import { checkHealth } from '../operations/check-health.ts'
import type { Context } from '../operations/context.ts'
import { HealthBody, HealthDetailsBody } from './schemas.ts'
import { URLS } from './urls.ts'

export function healthRoutes(context: Context): FastifyPluginCallbackTypebox {
  return (app, _options, done) => {
    const health = { schema: { response: { 200: HealthBody } } }
    app.get(URLS.health, health, async () => ({ status: 'ok' as const }))

    const details = { schema: { response: { 200: HealthDetailsBody, 503: HealthDetailsBody } } }
    app.get(URLS.healthDetails, details, async (_request, reply) => {
      const dependencies = await checkHealth(context)
      const areAllUp = dependencies.every(({ isUp }) => isUp)
      const state = (isUp: boolean) => (isUp ? ('ok' as const) : ('down' as const))
      const entries = dependencies.map(({ name, kind, isUp }) => [name, { kind, status: state(isUp) }])
      const body = { status: state(areAllUp), dependencies: Object.fromEntries(entries) }
      return reply.code(areAllUp ? 200 : 503).send(body)
    })
    done()
  }
}
