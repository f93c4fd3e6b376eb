import type { FastifyInstance } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { isOpenaiRequest } from './openai-path.ts'

/**
 * Refuses clients of OpenAI's Assistants API, whose threads have the paths of the JSON API: the error has the form that
 * they read. It is that of an unknown URL, also for methods that the JSON API does not have.
 */
export function refuseAssistants(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (/^\/v1\/threads(?:[/?]|$)/.test(request.url) && isOpenaiRequest(request))
      throw new ServiceError('NOT_FOUND', 'there is no such URL')
    done()
  })
}
