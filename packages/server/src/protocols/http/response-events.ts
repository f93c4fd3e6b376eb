import type { FastifyReply } from 'fastify'
import type { ModelResponse } from '../../domain/conversations/response.ts'
import type { ResponseEvent } from '../../domain/conversations/response-event.ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'
import { sendEventStream, type WireEvent } from './event-stream.ts'
import { type Rendering, toAnnotation, toItemObject, toPartObject } from './item-object.ts'
import { logStreamFailure } from './log-stream-failure.ts'
import { toResponseObject } from './response-object.ts'

/** Rendering of events, in which a protocol may add to the response. */
export interface EventRendering extends Rendering {
  /** Returns the response as the protocol shows it; the default is that of OpenAI's API. */
  readonly toResponse?: (response: ModelResponse) => object
  /** Returns members that the protocol adds to the event of a complete answer. */
  readonly addToAnswer?: (response: ModelResponse) => object
}

/** Sends the events of a response as a stream, and logs its failure. */
export function sendResponseEvents(
  reply: FastifyReply,
  { events }: RunningResponse,
  rendering: EventRendering,
): FastifyReply {
  return sendEventStream(reply, toWireEvents(reply, events, rendering))
}

async function* toWireEvents(
  reply: FastifyReply,
  events: AsyncIterable<ResponseEvent>,
  rendering: EventRendering,
): AsyncGenerator<WireEvent> {
  for await (const event of events) {
    if (event.type === 'failed') logStreamFailure(reply, event.error)
    const isAnswer = event.type === 'completed' || event.type === 'incomplete'
    const added = isAnswer ? rendering.addToAnswer?.(event.response) : null
    yield { ...toWireEvent(event, rendering), ...added }
  }
}

/** Returns the event that OpenAI's Responses API sends for the progress of a response. */
function toWireEvent(event: ResponseEvent, rendering: EventRendering): WireEvent {
  switch (event.type) {
    case 'created':
    case 'in_progress':
    case 'completed':
    case 'incomplete':
    case 'failed': {
      const { toResponse = (response) => toResponseObject(response, rendering) } = rendering
      return { type: `response.${event.type}`, response: toResponse(event.response) }
    }
    case 'item_added':
    case 'item_done': {
      const type = event.type === 'item_added' ? 'response.output_item.added' : 'response.output_item.done'
      return { type, output_index: event.outputIndex, item: toItemObject(event.item, rendering) }
    }
    case 'search_in_progress':
    case 'search_searching':
    case 'search_completed':
      return { type: `response.file_search_call.${event.type.slice('search_'.length)}`, ...itemOf(event) }
    case 'arguments_delta':
      return { type: 'response.function_call_arguments.delta', ...itemOf(event), delta: event.delta }
    case 'arguments_done':
      return {
        type: 'response.function_call_arguments.done',
        ...itemOf(event),
        ...{ name: event.name, arguments: event.arguments },
      }
    default:
      return toPartEvent(event, rendering)
  }
}

type PartEvent = Extract<ResponseEvent, { readonly contentIndex: number }>

function toPartEvent(event: PartEvent, rendering: Rendering): WireEvent {
  const place = { ...itemOf(event), content_index: event.contentIndex }
  switch (event.type) {
    case 'part_added':
    case 'part_done': {
      const type = event.type === 'part_added' ? 'response.content_part.added' : 'response.content_part.done'
      return { type, ...place, part: toPartObject(event.part, rendering) }
    }
    case 'text_delta':
      return { type: 'response.output_text.delta', ...place, delta: event.delta, logprobs: [] }
    case 'text_done':
      return { type: 'response.output_text.done', ...place, text: event.text, logprobs: [] }
    case 'citation_added':
      return {
        type: 'response.output_text.annotation.added',
        ...place,
        annotation_index: event.citationIndex,
        annotation: toAnnotation(event.citation, rendering),
      }
    case 'refusal_delta':
      return { type: 'response.refusal.delta', ...place, delta: event.delta }
    case 'refusal_done':
      return { type: 'response.refusal.done', ...place, refusal: event.text }
    case 'reasoning_delta':
      return { type: 'response.reasoning_text.delta', ...place, delta: event.delta }
    case 'reasoning_done':
      return { type: 'response.reasoning_text.done', ...place, text: event.text }
  }
}

function itemOf({ itemId, outputIndex }: { readonly itemId: string; readonly outputIndex: number }) {
  return { item_id: itemId, output_index: outputIndex }
}
