import type { ShareLink } from '../../domain/files/share-link.ts'

export type CreatedLink = 'created' | 'no-file' | 'too-many'

export interface DownloadOfLink {
  readonly nowMs: number
  /** Time of the last counted download after which later parts of the file are not counted. */
  readonly continuesSinceMs: number
  /** True for a part of the file that begins after its first byte. */
  readonly isLaterPart: boolean
}

/** Links of files. Look-ups by their secrets are in `CredentialRecords`. */
export interface ShareLinkRecords {
  /** Adds a link to an existing file that has fewer than `maxLinks` links. */
  create(
    organizationId: string,
    link: ShareLink,
    secretSha256: string,
    maxLinks: number,
  ): Promise<CreatedLink>
  /** Returns the links of a file that have neither expired nor been revoked with their key, newest first. */
  list(organizationId: string, fileId: string, nowMs: number): Promise<ShareLink[]>
  /** Returns false when the file has no such link. */
  delete(organizationId: string, fileId: string, linkId: string): Promise<boolean>
  /**
   * Counts a download, unless it continues one. Returns false without a change when the link is deleted, expired or used
   * up. Concurrent calls never exceed the limit of the link.
   */
  countDownload(organizationId: string, linkId: string, download: DownloadOfLink): Promise<boolean>
  /**
   * Deletes at most `limit` links of all organizations that have expired, that were revoked with their key, or whose
   * last download was used up before `usedUpBeforeMs`; returns their number.
   */
  deleteEnded(nowMs: number, usedUpBeforeMs: number, limit: number): Promise<number>
}
