import { type Caller, callerOfUrl, type RequestFacts } from '../../domain/access/caller.ts'
import { type DownloadGrant, parseDownloadToken, verifyDownload } from '../../domain/access/download-token.ts'
import { type ScanGrant, verifyScan } from '../../domain/access/scan-token.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { ScannedObject } from '../../domain/files/scan.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'

/** Maximum age of the secret for the second check of a token: the secret may have been rotated. */
const MISS_MAX_AGE_MS = 100

/**
 * Returns the caller with this download URL. Throws TOKEN_INVALID, also for a link that was revoked with its key, and
 * ORGANIZATION_ACCESS_DENIED when the organization is suspended.
 */
export async function authenticateDownloadUrl(
  { database, downloadSecret, now }: Pick<Context, 'database' | 'downloadSecret' | 'now'>,
  grant: DownloadGrant,
  text: string,
  request: RequestFacts,
): Promise<Caller> {
  const token = parseDownloadToken(text)
  const isValid =
    verifyDownload(await downloadSecret.read(), grant, token, now()) ||
    verifyDownload(await downloadSecret.read(MISS_MAX_AGE_MS), grant, token, now())
  if (!isValid) throw tokenInvalid()
  const { issuer } = token
  const rules = await database.credentials.findLinkRules(grant.organizationId, issuer?.apiKeyId ?? null)
  if (rules === null || (issuer !== null && issuer.generation < rules.revokedBelow)) throw tokenInvalid()
  if (!rules.isOrganizationActive) throw organizationSuspended()
  return callerOfUrl('download-url', grant, request)
}

/**
 * Returns the caller with the download URL of a scan, and the object that the scan reads. The URL is valid only while the
 * scan runs. Throws TOKEN_INVALID.
 */
export async function authenticateScanUrl(
  { database, downloadSecret, now }: Pick<Context, 'database' | 'downloadSecret' | 'now'>,
  grant: ScanGrant,
  token: string,
  request: RequestFacts,
): Promise<{ readonly caller: Caller; readonly scanned: ScannedObject }> {
  const isValid =
    verifyScan(await downloadSecret.read(), grant, token, now()) ||
    verifyScan(await downloadSecret.read(MISS_MAX_AGE_MS), grant, token, now())
  if (!isValid) throw tokenInvalid()
  const scanned = await database.scans.findRunning(grant.organizationId, grant.scanId, now())
  if (scanned?.fileId !== grant.fileId) throw tokenInvalid()
  return { caller: callerOfUrl('download-url', grant, request), scanned }
}

function tokenInvalid(): ServiceError {
  return new ServiceError('TOKEN_INVALID', 'the download URL is invalid or has expired')
}
