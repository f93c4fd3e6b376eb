import type { JSONSchema } from 'json-schema-to-ts'
import { object } from '../http/json-schema.ts'

/** Id of an entry, or null in an empty list. */
const EntryId = { type: ['string', 'null'] } as const satisfies JSONSchema

/** Returns the schema of a list. */
export const listOf = <const Item extends JSONSchema>(items: Item) =>
  object({
    object: { type: 'string', enum: ['list'] },
    data: { type: 'array', items },
    first_id: EntryId,
    last_id: EntryId,
    has_more: { type: 'boolean' },
  })

/** Returns a list. Its first and last ids are the cursors for more entries before and after it. */
export function toListBody<Item extends { readonly id: string }>(data: Item[], hasMore: boolean) {
  return {
    object: 'list' as const,
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: hasMore,
  }
}

const parameter = (schema: object, description: string) => ({ ...schema, description }) as JSONSchema

/** Returns the parameters of a list for the document. */
export const listParameters = (maxLimit: number, usualLimit: number) =>
  ({
    limit: parameter(
      { type: 'integer', minimum: 1, maximum: maxLimit, default: usualLimit },
      'The number of entries.',
    ),
    order: parameter(
      { type: 'string', enum: ['asc', 'desc'], default: 'desc' },
      'The order by creation time.',
    ),
    after: parameter({ type: 'string' }, 'The id of the entry before the page, also of a deleted one.'),
    before: parameter({ type: 'string' }, 'The id of the entry after the page.'),
  }) as const
