import {
  type Attributes,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { knownMethod } from './known-method.ts'
import type { Spans } from './spans.ts'

/**
 * Records a span for each request of the app, named by its route. Its parent is the span in the `traceparent` header, if
 * there is one. Records no URLs and no headers, because they contain the secrets of sessions, downloads and keys.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer, spans: Spans): void {
  const propagator = new W3CTraceContextPropagator()

  app.addHook('onRequest', (request, reply, done) => {
    const caller = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter)
    const route = request.routeOptions.url
    const method = knownMethod(request.method)
    const attributes = requestAttributes(request, method, route)
    const name = route === undefined ? method : `${method} ${route}`
    const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, caller)
    reply.raw.once('close', () => endSpan(span, request, reply))
    spans.within(trace.setSpan(caller, span), done)
  })
}

function requestAttributes(request: FastifyRequest, method: string, route: string | undefined): Attributes {
  return {
    'http.request.method': method,
    ...(route === undefined ? {} : { 'http.route': route }),
    'url.scheme': request.protocol,
    'network.protocol.version': request.raw.httpVersion,
    'waybill.trace_id': request.id,
  }
}

function endSpan(span: Span, request: FastifyRequest, reply: FastifyReply): void {
  const { caller, errorCode } = request
  if (caller) span.setAttribute('waybill.organization_id', caller.organizationId)
  if (errorCode) span.setAttribute('error.type', errorCode)
  if (reply.raw.writableFinished) {
    const status = reply.raw.statusCode
    span.setAttribute('http.response.status_code', status)
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  } else {
    span.setAttribute('error.type', 'connection_closed')
  }
  span.end()
}
