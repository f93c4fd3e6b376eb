import type { FastifyInstance, FastifyPluginCallback, HTTPMethods } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'

/**
 * Records the methods of each route. Returns a plugin that answers all other methods of these URLs with 405 and `Allow`;
 * it must be registered last. `answersPreflights` is true when another plugin answers OPTIONS for every URL.
 */
export function refuseOtherMethods(app: FastifyInstance, answersPreflights: boolean): FastifyPluginCallback {
  const known = app.supportedMethods as HTTPMethods[]
  const methodsByUrl = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const methods = methodsByUrl.get(url) ?? new Set()
    methodsByUrl.set(url, methods)
    for (const one of [method].flat()) methods.add(one)
  })

  return (plugin, _options, done) => {
    for (const [url, allowed] of [...methodsByUrl]) {
      const allow = known.filter((method) => allowed.has(method)).join(', ')
      const others = known.filter(
        (method) => !allowed.has(method) && !(method === 'OPTIONS' && answersPreflights),
      )
      plugin.route({
        method: others,
        url,
        onRequest: async (_request, reply) => {
          reply.header('allow', allow)
          throw new ServiceError('METHOD_NOT_ALLOWED', `this URL supports ${allow}`)
        },
        handler: () => {},
      })
    }
    done()
  }
}
