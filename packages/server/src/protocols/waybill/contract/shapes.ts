import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { TypeOf } from './type-of.ts'

/** A time as ISO 8601 in UTC. */
export const Time = { type: 'string', format: 'date-time' } as const satisfies JSONSchema

export const nullable = <const Schema extends JSONSchema>(schema: Schema, description: string) =>
  ({ anyOf: [schema, { type: 'null' }], description }) as const

const OrganizationId = {
  type: 'string',
  description: 'The organization that the key belongs to.',
} as const satisfies JSONSchema

export const OrganizationParams = object({ organization_id: OrganizationId })
export const FileParams = object({
  organization_id: OrganizationId,
  file_id: {
    type: 'string',
    description: 'The `file_id` that upload-url gave, which is the `id` of the File.',
  },
})

export const ListQuery = object(
  {
    page: {
      type: 'integer',
      minimum: 1,
      maximum: 1_000_000_000,
      default: 1,
      description:
        'The number of the page. Page numbers end at entry 10,000 (`page` × entries of a page): go on with `after`.',
    },
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'Entries of a page.' },
  },
  {
    after: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description:
        'The id behind which the page begins, the `next_cursor` of the page before; overrides `page`.',
    },
  },
)
export type ListQuery = TypeOf<typeof ListQuery>

/** What every list says beside its entries. */
export const PageFields = {
  total: { type: 'integer', description: 'Entries of all pages together.' },
  page: { type: 'integer', description: 'As asked for.' },
  limit: { type: 'integer', description: 'As asked for.' },
  has_more: { type: 'boolean', description: 'Whether there are entries behind this page.' },
  next_cursor: nullable(
    { type: 'string' },
    'What to give as `after` for the next page; null where this is the last.',
  ),
} as const satisfies Readonly<Record<string, JSONSchema>>
