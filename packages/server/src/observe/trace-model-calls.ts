import { type Attributes, SpanStatusCode } from '@opentelemetry/api'
import type { ModelCall, ModelCallEnd, ObserveModelCall } from '../domain/models/model-call.ts'
import type { Spans } from './spans.ts'

/**
 * Returns an observer that records each call of a model server as a child span of the current request. The names are
 * those of OpenTelemetry's conventions for generative AI:
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 */
export function createModelTraces(spans: Spans): ObserveModelCall {
  return (call) => {
    const span = spans.begin(call.operation, requestAttributes(call))
    return (end) => {
      if (span === null) return
      if (end.model !== null) span.updateName(`${call.operation} ${end.model}`)
      span.setAttributes(endAttributes(end))
      if (end.outcome !== 'ok' && end.outcome !== 'cancelled') span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    }
  }
}

function requestAttributes({ operation, serverUrl, isStreamed }: ModelCall): Attributes {
  const { hostname, port, protocol } = new URL(serverUrl)
  return {
    'gen_ai.operation.name': operation,
    // Names the format of the calls, not the maker of the server.
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.stream': isStreamed,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  }
}

/** Absent values are undefined, which OpenTelemetry leaves out. */
function endAttributes({ outcome, model, firstPieceMs, tokens }: ModelCallEnd): Attributes {
  return {
    'gen_ai.request.model': model ?? undefined,
    'gen_ai.response.time_to_first_chunk': firstPieceMs === null ? undefined : firstPieceMs / 1000,
    'gen_ai.usage.input_tokens': tokens.input ?? undefined,
    'gen_ai.usage.output_tokens': tokens.output ?? undefined,
    'error.type': outcome === 'ok' ? undefined : outcome,
  }
}
