import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api'
import { ServiceError } from '../domain/errors.ts'

export interface Spans {
  /** Whatever `work` begins belongs to the span that this context holds. */
  within<T>(context: Context, work: () => T): T
  /** Measures a call that a request makes, as a span below its own; outside of requests nothing is measured. */
  measure<T>(name: string, attributes: Attributes, call: () => Promise<T>): Promise<T>
}

export function createSpans(tracer: Tracer): Spans {
  const contexts = new AsyncLocalStorage<Context>()
  return {
    within: (context, work) => contexts.run(context, work),
    measure: (name, attributes, call) => {
      const parent = contexts.getStore()
      if (parent === undefined) return call()
      return ending(tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent), call)
    },
  }
}

/** The error's code and never its words, which may hold what was in the request. */
async function ending<T>(span: Span, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const type = error instanceof ServiceError ? error.code : error instanceof Error ? error.name : '_OTHER'
    span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}
