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
  /** Runs `work`, including its asynchronous continuations, with the span of `context` as the parent of new spans. */
  within<T>(context: Context, work: () => T): T
  /** Records a call as a child span of the current request. Only runs the call outside of requests. */
  measure<T>(name: string, attributes: Attributes, call: () => Promise<T>): Promise<T>
  /** Begins a child span of the current request, which the caller ends. Returns null outside of requests. */
  begin(name: string, attributes: Attributes): Span | null
}

/** Creates spans whose current request is tracked with AsyncLocalStorage. */
export function createSpans(tracer: Tracer): Spans {
  const contexts = new AsyncLocalStorage<Context>()
  const begin: Spans['begin'] = (name, attributes) => {
    const parent = contexts.getStore()
    return parent === undefined ? null : tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent)
  }
  return {
    within: (context, work) => contexts.run(context, work),
    begin,
    measure: (name, attributes, call) => {
      const span = begin(name, attributes)
      return span === null ? call() : runInSpan(span, call)
    },
  }
}

/** Runs the call and ends the span. Records the code of an error, but not its message, which may contain request data. */
async function runInSpan<T>(span: Span, call: () => Promise<T>): Promise<T> {
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
