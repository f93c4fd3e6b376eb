import type { IncomingMessage, Server } from 'node:http'
import { URLS } from '../urls.ts'
import { UPLOAD_METHODS } from './upload-cors.ts'

type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

const SESSION_URL = new RegExp(`^${URLS.uploadSession}(?:\\?|$)`)
const CREATION_URL = new RegExp(`^${URLS.tusUploads.replace(':organization_id', '[^/?]+')}(?:\\?|$)`)
const KNOWN_METHODS: ReadonlySet<string> = new Set(UPLOAD_METHODS)

/**
 * Gives requests of tus clients the method in their `X-HTTP-Method-Override`, before the router sees them
 * (tus 1.0, "X-HTTP-Method-Override").
 */
export function overrideMethods(server: Server): void {
  server.prependListener('request', (request: IncomingMessage) => {
    const method = overriddenMethod(request)
    if (method !== null) request.method = method
  })
}

/**
 * Returns the method that replaces the actual one; null to keep it. Only upload URLs and requests of tus clients have an
 * override. A name that is no method of uploads is kept, so that tus refuses the request.
 */
export function overriddenMethod({ url = '', headers }: RequestHead): string | null {
  const override = headers['x-http-method-override']
  if (typeof override !== 'string' || headers['tus-resumable'] === undefined) return null
  if (!KNOWN_METHODS.has(override)) return null
  return SESSION_URL.test(url) || CREATION_URL.test(url) ? override : null
}
