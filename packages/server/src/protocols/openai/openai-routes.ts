import type { FastifyPluginCallback } from 'fastify'
import { type Endpoint, type EndpointContext, mountEndpoints } from '../http/endpoint.ts'
import { admitKey } from './admit-key.ts'
import { setAnswerHeaders } from './answer-headers.ts'
import { honourIdempotencyKeys } from './idempotency.ts'
import { OPENAI_MODEL_WITH_SLASHES } from './models.ts'
import { OPENAI_FORM_ENDPOINTS, OPENAI_JSON_ENDPOINTS } from './openai-endpoints.ts'

/** Mounts the OpenAI API. */
export function openaiRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    app.addHook('onSend', (request, reply, _payload, sent) => {
      setAnswerHeaders(request, reply)
      sent()
    })
    honourIdempotencyKeys(app, context.context)
    const endpoints = [...OPENAI_JSON_ENDPOINTS, OPENAI_MODEL_WITH_SLASHES]
    mountEndpoints(app, endpoints.map(withoutInputSchemas), context, admitKey)
    app.register(async (forms) => {
      // The handler reads the body as a stream.
      forms.addContentTypeParser('multipart/form-data', (_request, _payload, parsed) => parsed(null))
      mountEndpoints(forms, OPENAI_FORM_ENDPOINTS, context, admitKey)
    })
    done()
  }
}

/**
 * Returns the endpoint without the schemas of its input, which are for the document: the handlers parse their input by
 * themselves, because the response names the kind of each problem, and null means absent.
 */
function withoutInputSchemas({ body: _body, query: _query, params: _params, ...rest }: Endpoint): Endpoint {
  return rest
}
