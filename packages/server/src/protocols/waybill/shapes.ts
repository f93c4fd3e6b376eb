import type { JSONSchema } from 'json-schema-to-ts'
import { fileIdOf } from '../../domain/ids.ts'
import type { Page } from '../../domain/page.ts'
import type { ListInput } from '../../operations/page-request.ts'
import { nullable, object, type TypeOf } from '../http/json-schema.ts'

const OrganizationId = {
  type: 'string',
  description: 'The organization of the key.',
} as const satisfies JSONSchema

export const OrganizationParams = object({ organization_id: OrganizationId })
export const FileParams = object({
  organization_id: OrganizationId,
  file_id: {
    type: 'string',
    description: 'The `id` of the File, which is the `file_id` of its upload session.',
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
        'The number of the page. Pages can be numbered up to entry 10,000 (`page` × entries per page). Use `after` for ' +
        'entries beyond it.',
    },
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 50,
      description: 'The number of entries per page.',
    },
  },
  {
    after: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description:
        'The `next_cursor` of the previous page. The page begins after the entry with this id. Overrides `page`.',
    },
  },
)
type ListQuery = TypeOf<typeof ListQuery>

/** Fields of every list in addition to its entries. */
export const PageFields = {
  total: { type: 'integer', description: 'The number of entries on all pages.' },
  page: { type: 'integer', description: 'The requested page.' },
  limit: { type: 'integer', description: 'The requested number of entries per page.' },
  has_more: { type: 'boolean', description: 'True if more entries follow this page.' },
  next_cursor: nullable({ type: 'string' }, 'The value of `after` for the next page; null on the last page.'),
} as const satisfies Readonly<Record<string, JSONSchema>>

export function toListInput({ page, limit, after }: ListQuery): ListInput {
  return { page, limit, after: after === undefined ? null : fileIdOf(after) }
}

/** Returns the fields of a list in addition to its entries. */
export function pageFields({ page, limit }: ListQuery, result: Page<unknown>, lastId: string | undefined) {
  const next_cursor = result.hasMore ? (lastId ?? null) : null
  return { total: result.total, page, limit, has_more: result.hasMore, next_cursor }
}
