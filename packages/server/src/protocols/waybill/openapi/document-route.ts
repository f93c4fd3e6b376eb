import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { URLS } from '../../urls.ts'

/** Serves the OpenAPI document of what `mount` mounts: made when it is first asked for, which is rare. */
export function documentRoute(mount: (app: FastifyInstance) => void): FastifyPluginCallback {
  let document: Promise<unknown> | null = null
  return (app, _options, done) => {
    app.get(URLS.openapi, () => {
      document ??= import('./create-document.ts').then(({ createDocument }) => createDocument(mount))
      return document
    })
    done()
  }
}
