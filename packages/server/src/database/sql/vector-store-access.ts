import type { StoreViewer } from '../records/vector-stores.ts'
import type { Parameters } from './statements.ts'

/** Condition for stores that the viewer's user or its departments may use. A key has neither. */
const GRANTED = `EXISTS (SELECT 1 FROM vector_store_grants AS granted
  WHERE granted.vector_store_id = vector_stores.id AND ((granted.kind = 'user' AND granted.name = $actorId)
    OR (granted.kind = 'department' AND granted.name IN (
      SELECT belongs.department FROM members JOIN member_departments AS belongs ON belongs.member_id = members.id
      WHERE members.user_id = $actorId AND members.organization_id = $organizationId))))`

/** Condition for the stores that a viewer may see or might have seen: deleted ones too. Takes `viewerParameters`. */
export const ADMITTED = `vector_stores.organization_id = $organizationId
  AND (vector_stores.access_mode <> 'private' OR vector_stores.created_by = $actorId OR $seesAll = 1 OR ${GRANTED})`

/** Condition for the stores that a viewer may see. Takes `viewerParameters`. */
export const VISIBLE = `${ADMITTED} AND vector_stores.deleted_at_ms IS NULL`

/** Condition for one store with files, which an expired one has no longer. Takes `$storeId` and `viewerParameters`. */
export const VISIBLE_STORE = `vector_stores.id = $storeId AND ${VISIBLE} AND vector_stores.expired_at_ms IS NULL`

/** Condition for a joined store that is neither deleted nor expired. */
export const ALIVE = 'vector_stores.deleted_at_ms IS NULL AND vector_stores.expired_at_ms IS NULL'

/**
 * Returns the column as an expression for a condition that no index serves. A database without statistics would rather
 * read all rows of an organization or store than look up some ids.
 */
export function unindexed(column: string): string {
  return `${column} || ''`
}

export function viewerParameters({ organizationId, actorId, seesAll }: StoreViewer): Parameters {
  return { organizationId, actorId, seesAll: seesAll ? 1 : 0 }
}
