import type { WaybillEvent } from '@waybill/sdk'

export type EventType = WaybillEvent['type']

/** Every type, with the name of the group in which the page shows it. */
const GROUP_OF: Readonly<Record<EventType, string>> = {
  'file.created': 'Files',
  'file.rejected': 'Files',
  'file.trashed': 'Files',
  'file.restored': 'Files',
  'file.deleted': 'Files',
  'file.expiring': 'Files',
  'file.expired': 'Files',
  'file.damaged': 'Files',
  'upload.cancelled': 'Uploads',
  'upload.expired': 'Uploads',
  'vector_store.file.completed': 'Vector stores',
  'vector_store.file.failed': 'Vector stores',
  'vector_store.file.cancelled': 'Vector stores',
  'vector_store.file_batch.completed': 'Vector stores',
  'vector_store.deleted': 'Vector stores',
  'vector_store.expired': 'Vector stores',
  'api_key.created': 'Keys and members',
  'api_key.deleted': 'Keys and members',
  'member.added': 'Keys and members',
  'member.removed': 'Keys and members',
}

export const EVENT_TYPES = Object.keys(GROUP_OF) as readonly EventType[]

/** Groups of types, by their names. */
export const EVENT_GROUPS = Object.entries(Object.groupBy(EVENT_TYPES, (type) => GROUP_OF[type])).map(
  ([name, types = []]) => ({ name, types }),
)

/** Types after which the object can no longer be looked at. */
export const IS_GONE: ReadonlySet<EventType> = new Set<EventType>([
  'file.rejected',
  'file.deleted',
  'file.expired',
  'vector_store.deleted',
])
