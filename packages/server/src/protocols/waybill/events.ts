import { ServiceError } from '../../domain/errors.ts'
import { EVENT_TYPES } from '../../domain/events/event.ts'
import { listEvents } from '../../operations/events/list-events.ts'
import { type EventStream, streamEvents } from '../../operations/events/stream-events.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { clientSignal, sendEventTexts } from '../http/event-stream.ts'
import { object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { EventBody, toEventBody } from './event-body.ts'
import { OrganizationParams } from './shapes.ts'

const Types = {
  type: 'string',
  minLength: 1,
  maxLength: 1000,
  description: `The wanted types, separated by commas: ${EVENT_TYPES.map((type) => `\`${type}\``).join(', ')}. By default all.`,
  examples: ['file.created,file.deleted'],
} as const

const After = {
  type: 'string',
  minLength: 1,
  maxLength: 20,
} as const

const list = endpoint(
  {
    operation: listEvents,
    method: 'GET',
    path: URLS.events,
    tag: 'Events',
    summary: 'List events',
    description:
      'What happened to Files, uploads, vector stores and keys. Events are kept for 30 days, or `EVENT_DAYS`. The list leaves out ' +
      'types that the scopes of the key may not read, and events of private vector stores of other keys.',
    params: OrganizationParams,
    query: object(
      {
        limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
        order: {
          type: 'string',
          enum: ['asc', 'desc'],
          default: 'asc',
          description: '`asc`: oldest first. `desc`: newest first, and `after` continues with older events.',
        },
      },
      {
        after: {
          ...After,
          description: 'The `next_cursor` of the page before, which had the same order.',
        },
        types: Types,
      },
    ),
    responses: {
      200: {
        description: 'A page of events.',
        body: object({
          events: { type: 'array', items: EventBody },
          next_cursor: {
            type: 'string',
            examples: ['42'],
            description:
              'The value of `after` for the next page. Oldest first, that page may have events that are yet to come.',
          },
          has_more: {
            type: 'boolean',
            description: 'True if more events may follow. A page may be empty, although more events follow.',
          },
        }),
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { limit, order, after = null, types } = request.query
      const input = { after, types: typesOf(types), limit, order }
      const page = await listEvents(context, callerOf(request), input)
      return {
        events: page.events.map(toEventBody),
        next_cursor: String(page.position),
        has_more: page.hasMore,
      }
    },
)

const stream = endpoint(
  {
    operation: streamEvents,
    method: 'GET',
    path: URLS.eventStream,
    tag: 'Events',
    summary: 'Follow events as they happen',
    description:
      'A stream of the same events, as `text/event-stream`. The `id` of an event is a cursor: a client that sends the last one as ' +
      '`Last-Event-ID` goes on without a gap. Without a cursor, the stream begins now. A comment comes every 15 seconds. The ' +
      'stream ends when the key can no longer be used.',
    params: OrganizationParams,
    query: object(
      {},
      {
        after: { ...After, description: 'The cursor, for clients that cannot send `Last-Event-ID`.' },
        types: Types,
      },
    ),
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        required: false,
        schema: { type: 'string' },
        description: 'The `id` of the last event that the client has got. It goes before `after`.',
      },
    ],
    responses: {
      200: {
        description: 'The events.',
        content: {
          'text/event-stream': {
            schema: { type: 'string' },
            example: 'id: 42\nevent: file.created\ndata: {"id":"evt_…","type":"file.created"}\n\n',
          },
        },
      },
    },
    errors: ['VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request, reply) => {
      const { after = null, types } = request.query
      const header = request.headers['last-event-id']
      const cursor = typeof header === 'string' && header !== '' ? header : after
      const input = { after: cursor, types: typesOf(types), signal: clientSignal(reply) }
      return sendEventTexts(reply, textsOf(await streamEvents(context, callerOf(request), input)))
    },
)

export const EVENTS = [list, stream]

function typesOf(types: string | undefined): string[] | null {
  return types === undefined ? null : types.split(',').map((type) => type.trim())
}

/** Yields the texts of the events. A client whose stream ends with an error connects again, and is answered with it. */
async function* textsOf({ position, events }: EventStream): AsyncGenerator<string> {
  yield `id: ${position}\n: events follow\n\n`
  try {
    for await (const event of events) {
      const data = JSON.stringify(toEventBody(event))
      yield `id: ${event.position}\nevent: ${event.type}\ndata: ${data}\n\n`
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
  }
}
