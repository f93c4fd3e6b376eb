import { type Static, Type } from 'typebox'

/** A time as ISO 8601 in UTC. */
export const Time = Type.String({ format: 'date-time' })

export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const OrganizationId = Type.String({ description: 'The organization that the key belongs to.' })

export const OrganizationParams = Type.Object({ organization_id: OrganizationId })
export const FileParams = Type.Object({
  organization_id: OrganizationId,
  file_id: Type.String({ description: 'The id that upload-url gave.' }),
})

export const ListQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1, description: 'Which page.' }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'Entries of a page.' }),
  after: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'The id behind which the page begins; goes before `page`.',
    }),
  ),
})
export type ListQuery = Static<typeof ListQuery>

/** What every list says beside its entries. */
export const PageFields = {
  total: Type.Integer(),
  page: Type.Integer(),
  limit: Type.Integer(),
  has_more: Type.Boolean(),
  next_cursor: Nullable(Type.String()),
}
