import {
  type AnnouncedHashes,
  isSameHashes,
  mergeHashes,
  type UploadSession,
} from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/** Records the hashes of a request; returns all announced ones, or null when a hash differs from an earlier one. */
export async function announceHashes(
  { database }: Pick<Context, 'database'>,
  { organizationId, fileId, announced }: UploadSession,
  added: AnnouncedHashes,
): Promise<AnnouncedHashes | null> {
  const merged = mergeHashes(announced, added)
  if (merged === null || isSameHashes(merged, announced)) return merged
  const standing = await database.uploadSessions.announce(organizationId, fileId, added)
  return standing && mergeHashes(standing, added)
}
