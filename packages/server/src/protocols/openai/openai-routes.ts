import type { FastifyPluginCallback } from 'fastify'
import { type EndpointContext, mountEndpoints } from '../http/endpoint.ts'
import { admitKey } from './admit-key.ts'
import { setAnswerHeaders } from './answer-headers.ts'
import { OPENAI_ENDPOINTS, OPENAI_FORM_ENDPOINTS } from './openai-endpoints.ts'

/** Mounts the OpenAI API. Its handlers parse their values by themselves, because they need the kind of each problem. */
export function openaiRoutes(context: EndpointContext): FastifyPluginCallback {
  return (app, _options, done) => {
    app.setValidatorCompiler(() => (value) => ({ value }))
    app.addHook('onSend', (request, reply, _payload, sent) => {
      setAnswerHeaders(request, reply)
      sent()
    })
    mountEndpoints(app, OPENAI_ENDPOINTS, context, admitKey)
    app.register(async (forms) => {
      // The handler reads the body as a stream.
      forms.addContentTypeParser('multipart/form-data', (_request, _payload, parsed) => parsed(null))
      mountEndpoints(forms, OPENAI_FORM_ENDPOINTS, context, admitKey)
    })
    done()
  }
}
