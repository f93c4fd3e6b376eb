import { ACCESS_MODES } from '../../domain/vector-stores/store-access.ts'
import { expiresAtMs, isExpiredStore, type VectorStore } from '../../domain/vector-stores/vector-store.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { nullableTime, toTime, toTimeOrNull } from './vector-store-shapes.ts'

export const AccessMode = { type: 'string', enum: ACCESS_MODES } as const

export const ExpiresAfter = object({
  anchor: { type: 'string', enum: ['last_active_at'] },
  days: { type: 'integer', minimum: 1, maximum: 365 },
})

export const Metadata = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'At most 16 pairs. A key has at most 64 characters, a value at most 512.',
  examples: [{ project: 'Apollo' }],
} as const

export const VectorStoreBody = object({
  id: { type: 'string', examples: ['vs_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  object: { type: 'string', enum: ['vector_store'] },
  name: { type: 'string', description: 'Empty if the store was created without a name by an OpenAI client.' },
  description: nullable({ type: 'string' }, 'A description for people.'),
  organization_id: { type: 'string' },
  created_by: { type: 'string', description: 'The id of the key or user that created the store.' },
  created_at: Time,
  updated_at: Time,
  is_active: { type: 'boolean', description: 'False if the store has expired.' },
  status: { type: 'string', enum: ['active', 'expired'] },
  access_mode: AccessMode,
  access_departments: {
    type: 'array',
    items: { type: 'string' },
    description: 'Departments whose members may use the store; empty unless its access mode is `department`.',
  },
  access_users: {
    type: 'array',
    items: { type: 'string' },
    description: 'Ids of users who may use the store; empty unless its access mode is `private`.',
  },
  file_count: { type: 'integer', description: 'The number of files of the store, in any state.' },
  data_size: { type: 'integer', description: 'The size of these files in bytes.' },
  total_size_bytes: { type: 'integer', description: 'The same as `data_size`.' },
  usage_bytes: {
    type: 'integer',
    description: 'The size in bytes of the extracted text and the vectors of the completed files.',
  },
  file_counts: object({
    in_progress: { type: 'integer', description: 'Files that are pending or processing.' },
    completed: { type: 'integer' },
    failed: { type: 'integer' },
    cancelled: {
      type: 'integer',
      description: 'Files whose indexing was cancelled. Lists show them as `failed`.',
    },
    total: { type: 'integer' },
  }),
  metadata: Metadata,
  expires_after: nullable(ExpiresAfter, 'The inactivity after which the store expires; null if it does not.'),
  expires_at: nullableTime(
    'The time at which the store expires without further activity; null if it does not.',
  ),
  last_active_at: Time,
})
export type VectorStoreBody = TypeOf<typeof VectorStoreBody>

/** Returns a store as it is at `nowMs`. */
export function toVectorStoreBody(store: VectorStore, nowMs: number): VectorStoreBody {
  const isExpired = isExpiredStore(store, nowMs)
  const { expiresAfterDays } = store
  return {
    id: store.id,
    object: 'vector_store',
    name: store.name,
    description: store.description,
    organization_id: store.organizationId,
    created_by: store.createdBy,
    created_at: toTime(store.createdAtMs),
    updated_at: toTime(store.updatedAtMs),
    is_active: !isExpired,
    status: isExpired ? 'expired' : 'active',
    access_mode: store.accessMode,
    access_departments: [...store.accessDepartments],
    access_users: [...store.accessUsers],
    file_count: fileCount(store),
    data_size: store.dataBytes,
    total_size_bytes: store.dataBytes,
    usage_bytes: store.usageBytes,
    file_counts: {
      in_progress: store.counts.inProgress,
      completed: store.counts.completed,
      failed: store.counts.failed,
      cancelled: store.counts.cancelled,
      total: fileCount(store),
    },
    metadata: store.metadata,
    expires_after: expiresAfterDays === null ? null : { anchor: 'last_active_at', days: expiresAfterDays },
    expires_at: toTimeOrNull(expiresAtMs(store)),
    last_active_at: toTime(store.lastActiveAtMs),
  }
}

/** Returns the number of files of a store, in any state. */
export function fileCount({ counts }: Pick<VectorStore, 'counts'>): number {
  return counts.inProgress + counts.completed + counts.failed + counts.cancelled
}
