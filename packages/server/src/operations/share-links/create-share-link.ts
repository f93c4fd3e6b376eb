import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, keyStampOf } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createLinkSecret, type ShareLink } from '../../domain/files/share-link.ts'
import { createId } from '../../domain/ids.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotFound, findFile } from '../files/get-file.ts'

export interface NewShareLink {
  readonly fileId: string
  /** Time until the link expires; null for a link that does not expire. */
  readonly lifetimeMs: number | null
  /** Upper bound of downloads; null when there is none. */
  readonly maxDownloads: number | null
}

/** Link with its secret, which is not stored. */
export interface CreatedShareLink {
  readonly link: ShareLink
  readonly secret: string
}

const MAX_LINKS = 100

/**
 * Creates a public link to a file, which is revoked with the caller's key. Throws FILE_NOT_FOUND, and TOO_MANY_LINKS
 * when the file has 100 links.
 */
export const createShareLink = defineOperation(
  {
    action: 'createShareLink',
    kind: 'change',
    scope: 'files:write',
    targetOf: ({ fileId }, created) => (created === null ? fileId : `${fileId} ${created.link.id}`),
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    caller: Caller,
    { fileId, lifetimeMs, maxDownloads }: NewShareLink,
  ): Promise<CreatedShareLink> => {
    const { organizationId } = caller
    await findFile(context, organizationId, fileId)
    const createdAtMs = context.now()
    const link: ShareLink = {
      id: createId('lnk'),
      organizationId,
      fileId,
      createdBy: keyStampOf(caller),
      createdAtMs,
      expiresAtMs: lifetimeMs === null ? null : createdAtMs + lifetimeMs,
      maxDownloads,
      downloads: 0,
      lastDownloadAtMs: null,
    }
    const secret = createLinkSecret()
    const outcome = await context.database.shareLinks.create(
      organizationId,
      link,
      hashSecret(secret),
      MAX_LINKS,
    )
    if (outcome === 'no-file') throw fileNotFound()
    if (outcome === 'too-many') throw new ServiceError('TOO_MANY_LINKS', `the file has ${MAX_LINKS} links`)
    return { link, secret }
  },
)
