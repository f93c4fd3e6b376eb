import { type Static, Type } from 'typebox'

/** A time as ISO 8601 in UTC. */
export const Time = Type.String({ format: 'date-time' })

export const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const OrganizationParams = Type.Object({ organization_id: Type.String() })
export const FileParams = Type.Object({ organization_id: Type.String(), file_id: Type.String() })

export const ListQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
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
