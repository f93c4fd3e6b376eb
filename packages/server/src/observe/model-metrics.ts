import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { ModelCall, ObserveModelCall } from '../domain/models/model-call.ts'

/** Buckets in seconds that OpenTelemetry recommends for calls of models, and those of long answers. */
const DURATION_BUCKETS = [
  ...[0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  ...[300, 600],
]
const CALL_LABELS = ['server', 'operation'] as const

/**
 * Registers the metrics of calls to model servers. Returns the observer that counts them. No label is taken from a
 * request: a server is the host and port that the operator configured.
 */
export function createModelMetrics(registry: Registry): ObserveModelCall {
  const { durations, firstPieces, tokens, inFlight, errors } = registerAll([registry])
  return (call) => {
    const labels = labelsOf(call)
    inFlight.inc(labels)
    return ({ outcome, durationMs, firstPieceMs, tokens: { input, output } }) => {
      inFlight.dec(labels)
      const isError = outcome !== 'ok' && outcome !== 'cancelled'
      durations.observe({ ...labels, outcome: isError ? 'error' : outcome }, durationMs / 1000)
      if (isError) errors.inc({ ...labels, code: outcome })
      if (firstPieceMs !== null) firstPieces.observe(labels, firstPieceMs / 1000)
      if (input !== null) tokens.inc({ ...labels, type: 'input' }, input)
      if (output !== null) tokens.inc({ ...labels, type: 'output' }, output)
    }
  }
}

function registerAll(registers: Registry[]) {
  return {
    durations: new Histogram({
      name: 'waybill_model_call_duration_seconds',
      help: 'Time from a call of a model server to the end of its answer.',
      labelNames: [...CALL_LABELS, 'outcome'],
      buckets: DURATION_BUCKETS,
      registers,
    }),
    firstPieces: new Histogram({
      name: 'waybill_model_first_token_seconds',
      help: 'Time from a call of a model server to the first piece of its streamed answer.',
      labelNames: CALL_LABELS,
      buckets: DURATION_BUCKETS,
      registers,
    }),
    tokens: new Counter({
      name: 'waybill_model_tokens_total',
      help: 'Tokens as the model servers count them.',
      labelNames: [...CALL_LABELS, 'type'],
      registers,
    }),
    inFlight: new Gauge({
      name: 'waybill_model_calls_in_flight',
      help: 'Calls of model servers in progress.',
      labelNames: CALL_LABELS,
      registers,
    }),
    errors: new Counter({
      name: 'waybill_model_call_errors_total',
      help: 'Refused or failed calls of model servers, by error code.',
      labelNames: [...CALL_LABELS, 'code'],
      registers,
    }),
  }
}

function labelsOf({ serverUrl, operation }: ModelCall) {
  return { server: new URL(serverUrl).host, operation }
}
