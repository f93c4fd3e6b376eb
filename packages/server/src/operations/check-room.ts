import { ServiceError } from '../domain/errors.ts'
import type { Context } from './context.ts'
import { receivedBytes } from './received-bytes.ts'

/** Whether the disk of the records, or of the bytes, is full: then only what is there can be read, and deleted. */
export async function isDiskFull({
  storage,
  database,
}: Pick<Context, 'storage' | 'database'>): Promise<boolean> {
  const rooms = await Promise.all([storage.roomBytes(), database.roomBytes()])
  return rooms.some((room) => room !== null && room <= 0)
}

/** Throws STORAGE_FULL where the disk is full. */
export async function checkNotFull(context: Pick<Context, 'storage' | 'database'>): Promise<void> {
  if (await isDiskFull(context)) throw storageFull()
}

/** An organization with more open sessions is taken to have received nothing of the oldest ones. */
const MAX_SESSIONS = 100

/**
 * Throws STORAGE_FULL where the disk cannot hold this many bytes beside what the organization's open sessions have still
 * to send. Other organizations' are not counted: what they announce must keep nobody out.
 */
export async function checkRoom(context: Context, organizationId: string, sizeBytes: number): Promise<void> {
  const roomBytes = await context.storage.roomBytes()
  if (roomBytes === null) return
  if (roomBytes < sizeBytes) throw storageFull()
  const organization = await context.database.organizations.find(organizationId)
  const reservedBytes = organization?.storageReservedBytes ?? 0
  if (roomBytes - reservedBytes >= sizeBytes) return
  const page = { limit: MAX_SESSIONS, skip: 0, after: null }
  const { items } = await context.database.uploadSessions.list(organizationId, context.now(), page)
  let outstandingBytes = reservedBytes
  for (const session of items) {
    const isWhole = (await context.storage.stat(session.objectName)) !== null
    outstandingBytes -= isWhole ? session.sizeBytes : ((await receivedBytes(context, session)) ?? 0)
  }
  if (roomBytes - outstandingBytes < sizeBytes) throw storageFull()
}

function storageFull(): ServiceError {
  return new ServiceError('STORAGE_FULL', 'the disk has no room for this')
}
