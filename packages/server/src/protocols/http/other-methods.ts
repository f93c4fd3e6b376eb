import type { FastifyInstance, FastifyPluginCallback, FastifyReply, HTTPMethods } from 'fastify'
import findMyWay from 'find-my-way'
import { ServiceError } from '../../domain/errors.ts'

/** Options with which Fastify creates its router. */
export interface RouterOptions {
  readonly maxParamLength: number
  readonly ignoreTrailingSlash: boolean
}

/** The refusal of methods that a URL does not have. */
export interface OtherMethods {
  /** Throws METHOD_NOT_ALLOWED and sets `Allow` when another method has a route for the URL of the request. */
  refuse(url: string, reply: FastifyReply): void
  /** Plugin that refuses methods with which the URL would be taken for another one; it must be registered last. */
  readonly refuseMistaken: FastifyPluginCallback
}

type MethodsByUrl = ReadonlyMap<string, ReadonlySet<HTTPMethods>>

/**
 * Records the methods of each route that `app` gets from now on, except of those with a wildcard. Fastify searches only
 * among the routes of one method, so a router of its own finds the methods of a URL. It is created for the first one.
 */
export function recordMethods(app: FastifyInstance, options: RouterOptions): OtherMethods {
  const methodsByUrl = new Map<string, Set<HTTPMethods>>()
  const allowByUrl = new Map<string, string>()
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const methods = methodsByUrl.get(url) ?? new Set()
    methodsByUrl.set(url, methods)
    for (const one of [method].flat()) methods.add(one as HTTPMethods)
  })

  const createRouter = () => {
    const router = findMyWay({ ...options })
    for (const [url, allow] of allowByUrl) router.on('GET', url, () => {}, allow)
    return router
  }
  let router: ReturnType<typeof createRouter> | null = null

  return {
    refuse(url, reply) {
      router ??= createRouter()
      const allow: string | undefined = router.find('GET', url)?.store
      if (allow !== undefined) throw refusal(allow, reply)
    },
    refuseMistaken(plugin, _options, done) {
      for (const [url, methods] of methodsByUrl)
        allowByUrl.set(url, app.supportedMethods.filter((one) => methods.has(one as HTTPMethods)).join(', '))
      for (const [url, method] of mistakenMethods(methodsByUrl)) {
        const allow = allowByUrl.get(url) ?? ''
        const onRequest = async (_request: unknown, reply: FastifyReply) => {
          throw refusal(allow, reply)
        }
        plugin.route({ method, url, exposeHeadRoute: false, onRequest, handler: () => {} })
      }
      done()
    },
  }
}

function refusal(allow: string, reply: FastifyReply): ServiceError {
  reply.header('allow', allow)
  return new ServiceError('METHOD_NOT_ALLOWED', `this URL supports ${allow}`)
}

/** Returns methods that a URL lacks and the parameter of another takes: `GET /files/upload-url` asks for no File. */
function mistakenMethods(methodsByUrl: MethodsByUrl): (readonly [url: string, methods: HTTPMethods[]])[] {
  const all = [...methodsByUrl].map(([url, methods]) => ({ url, methods, segments: url.split('/') }))
  return all.flatMap(({ url, methods, segments }) => {
    const others = all.filter((other) => other.url !== url && takes(other.segments, segments))
    const mistaken = new Set(others.flatMap((other) => [...other.methods].filter((one) => !methods.has(one))))
    return mistaken.size === 0 ? [] : [[url, [...mistaken]] as const]
  })
}

/** Tells if a URL of the form `segments` also has the form `taker`. */
function takes(taker: readonly string[], segments: readonly string[]): boolean {
  return (
    taker.length === segments.length &&
    taker.every((segment, index) => segment === segments[index] || segment.startsWith(':'))
  )
}
