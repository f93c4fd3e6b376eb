import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { TypeOf } from './type-of.ts'

/** A time as ISO 8601 in UTC. */
export const Time = { type: 'string', format: 'date-time' } as const satisfies JSONSchema

export const nullable = <const Schema extends JSONSchema>(schema: Schema) =>
  ({ anyOf: [schema, { type: 'null' }] }) as const

const OrganizationId = {
  type: 'string',
  description: 'The organization that the key belongs to.',
} as const satisfies JSONSchema

export const OrganizationParams = object({ organization_id: OrganizationId })
export const FileParams = object({
  organization_id: OrganizationId,
  file_id: { type: 'string', description: 'The id that upload-url gave.' },
})

export const ListQuery = object(
  {
    page: { type: 'integer', minimum: 1, maximum: 1_000_000_000, default: 1, description: 'Which page.' },
    limit: { type: 'integer', minimum: 1, maximum: 100, default: 50, description: 'Entries of a page.' },
  },
  {
    after: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: 'The id behind which the page begins; goes before `page`.',
    },
  },
)
export type ListQuery = TypeOf<typeof ListQuery>

/** What every list says beside its entries. */
export const PageFields = {
  total: { type: 'integer' },
  page: { type: 'integer' },
  limit: { type: 'integer' },
  has_more: { type: 'boolean' },
  next_cursor: nullable({ type: 'string' }),
} as const satisfies Readonly<Record<string, JSONSchema>>
