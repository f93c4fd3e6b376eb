import { checkHealth } from '../operations/check-health.ts'
import type { Context } from '../operations/context.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { HEALTH } from './contract/health.ts'
import { URLS } from './urls.ts'

export function healthRoutes(context: Context): ContractPlugin {
  return (app, _options, done) => {
    app.get(URLS.health, { schema: HEALTH.checkHealth }, async () => ({ status: 'ok' as const }))

    app.get(URLS.healthDetails, { schema: HEALTH.checkHealthDetails }, async (_request, reply) => {
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
