import { type EventType, isEventType } from '../../domain/events/event.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'

export interface WebhookFields {
  readonly url: string
  /** Wanted types; null, or `*`, for all. */
  readonly types: readonly string[] | null
  readonly description: string | null
  readonly isActive: boolean
}

/** Checks given fields of an endpoint, and returns them as they are stored. Throws VALIDATION_ERROR. */
export function checkWebhook(
  { webhookSender }: Pick<Context, 'webhookSender'>,
  { url, types, ...fields }: Partial<WebhookFields>,
) {
  const problem = url === undefined ? null : webhookSender.urlProblem(url)
  if (problem !== null) throw invalidValue('url', 'invalid', problem, url)
  return {
    ...fields,
    ...(url === undefined ? {} : { url }),
    ...(types === undefined ? {} : { types: checkTypes(types) }),
  }
}

function checkTypes(types: readonly string[] | null): EventType[] | null {
  if (types === null || types.includes('*')) return null
  const unknown = types.find((type) => !isEventType(type))
  if (unknown !== undefined)
    throw invalidValue('types', 'invalid', 'must be types of events, or "*"', unknown)
  return [...new Set(types.filter(isEventType))]
}
