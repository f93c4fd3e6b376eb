import { DiagLogLevel, diag } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { FastifyInstance } from 'fastify'
import type { Database } from '../database/database.ts'
import type { ObserveModelCall } from '../domain/models/model-call.ts'
import { withDeadline } from '../platform/deadline.ts'
import type { ObjectStorage } from '../storage/object-storage.ts'
import { createSpans } from './spans.ts'
import { traceDatabase, traceStorage } from './trace-calls.ts'
import { createModelTraces } from './trace-model-calls.ts'
import { traceRequests } from './trace-requests.ts'
import { VERSION } from './version.ts'

export interface TracesTarget {
  readonly url: string
  /** Name of the sampler in OpenTelemetry, such as `parentbased_always_on`. */
  readonly sampler: string
  readonly ratio: number
}

export interface Traces {
  watchRequests(app: FastifyInstance): void
  watchDatabase(database: Database): Database
  watchStorage(storage: ObjectStorage): ObjectStorage
  readonly observeModelCall: ObserveModelCall
  /** Sends the remaining spans, within a time limit. Never throws. */
  close(): Promise<void>
}

/** Time limit for sending the remaining spans at the end. */
const FLUSH_MS = 3000

/** Sends spans to a collector. Reports failures to `warn`. */
export function createTraces(target: TracesTarget, warn: (message: string) => void): Traces {
  diag.setLogger(
    { error: warn, warn, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const named = resourceFromAttributes({ 'service.name': 'waybill', 'service.version': VERSION })
  const fromEnvironment = detectResources({
    detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector],
  })
  const provider = new TracerProvider({
    resource: defaultResource().merge(named).merge(fromEnvironment),
    sampler: samplerOf(target),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: target.url }) })],
  })
  const tracer = provider.getTracer('waybill', VERSION)
  const spans = createSpans(tracer)
  return {
    watchRequests: (app) => traceRequests(app, tracer, spans),
    watchDatabase: (database) => traceDatabase(database, spans),
    watchStorage: (storage) => traceStorage(storage, spans),
    observeModelCall: createModelTraces(spans),
    close: async () => {
      // The logger of `diag` has reported the failure.
      const sent = provider.shutdown().catch(() => {})
      await withDeadline(FLUSH_MS, sent).catch((error) => warn(`at shutdown: ${error.message}`))
    },
  }
}

function samplerOf({ sampler, ratio }: TracesTarget): Sampler {
  const root = rootSampler(sampler.replace('parentbased_', ''), ratio)
  return sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(ratio)
  return name === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler()
}
