import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, callerOfUrl, type RequestFacts } from '../../domain/access/caller.ts'
import { isLinkSecret, isUsableLink, type ShareLink } from '../../domain/files/share-link.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { linkRefused } from '../share-links/link-refused.ts'

/** Caller with a share link. */
export interface LinkCaller {
  readonly caller: Caller
  readonly link: ShareLink
}

/**
 * Returns the caller with this share link. `isLaterPart` is true for a request that may continue a download. Throws
 * TOKEN_INVALID, also for an expired, used-up or revoked link, and ORGANIZATION_ACCESS_DENIED when the organization is
 * suspended.
 */
export async function authenticateShareLink(
  { database, now }: Pick<Context, 'database' | 'now'>,
  secret: string,
  isLaterPart: boolean,
  request: RequestFacts,
): Promise<LinkCaller> {
  const link = isLinkSecret(secret) ? await database.credentials.findShareLink(hashSecret(secret)) : null
  if (link === null || link.isRevoked || !isUsableLink(link, isLaterPart, now())) throw linkRefused()
  if (!link.isOrganizationActive) throw organizationSuspended()
  return { caller: callerOfUrl('share-link', link, request), link }
}
