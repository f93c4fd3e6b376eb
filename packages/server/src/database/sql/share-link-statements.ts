import type { ShareLink } from '../../domain/files/share-link.ts'
import type { CreatedLink, ShareLinkRecords } from '../records/share-links.ts'
import { LIVE_FILE } from './file-statements.ts'
import { toShareLink } from './rows.ts'
import type { Parameters } from './statements.ts'
import { changeRows, getRow, type Steps, type Transactions } from './transactions.ts'

/** Condition for links of a joined revocation. */
export const REVOKED_LINKS = `share_links.organization_id = key_revocations.organization_id
  AND share_links.api_key_id = key_revocations.api_key_id
  AND share_links.api_key_generation < key_revocations.links_below`

const NOT_EXPIRED = '(expires_at_ms IS NULL OR expires_at_ms > $nowMs)'
const ONE = 'organization_id = $organizationId AND id = $linkId'

const LIST = `SELECT * FROM share_links
  WHERE organization_id = $organizationId AND file_id = $fileId AND ${NOT_EXPIRED}
    AND NOT EXISTS (SELECT 1 FROM key_revocations WHERE ${REVOKED_LINKS})
  ORDER BY created_at_ms DESC, id DESC`

const INSERT = `INSERT INTO share_links (id, organization_id, file_id, secret_sha256, api_key_id, api_key_generation,
    created_at_ms, expires_at_ms, max_downloads, downloads, last_download_at_ms)
  VALUES ($id, $organizationId, $fileId, $secretSha256, $apiKeyId, $generation,
    $createdAtMs, $expiresAtMs, $maxDownloads, $downloads, $lastDownloadAtMs)`

/** The limit is checked where the count is raised, under the lock of the row. */
const COUNT = `UPDATE share_links SET downloads = downloads + 1, last_download_at_ms = $nowMs
  WHERE ${ONE} AND ${NOT_EXPIRED} AND (max_downloads IS NULL OR downloads < max_downloads)`

const IS_CONTINUED = `SELECT 1 FROM share_links WHERE ${ONE} AND ${NOT_EXPIRED} AND last_download_at_ms > $continuesSinceMs`

const DELETE_ENDED = `DELETE FROM share_links WHERE id IN (
  SELECT id FROM (
    SELECT id FROM share_links WHERE expires_at_ms <= $nowMs
    UNION ALL SELECT id FROM share_links WHERE downloads >= max_downloads AND last_download_at_ms < $usedUpBeforeMs
    UNION ALL SELECT share_links.id FROM key_revocations JOIN share_links ON ${REVOKED_LINKS}
  ) AS ended LIMIT $limit)`

/** Operations on share links, equal on both databases. */
export function createShareLinkStatements(transactions: Transactions): ShareLinkRecords {
  const { get, all, free } = transactions
  /** Changes rows, also on a full disk: a download must not fail because it is counted. */
  const change = (sql: string, parameters: Parameters) => free(() => changeRows(sql, parameters))
  return {
    create: (organizationId, link, secretSha256, maxLinks) =>
      transactions.transact(function* (): Steps<CreatedLink> {
        const { fileId } = link
        // The lock serializes the creations for one file, so that they cannot exceed the limit together.
        const file = yield* getRow(
          `SELECT id FROM files WHERE ${LIVE_FILE} AND id = $fileId ${transactions.dialect.forUpdate}`,
          { organizationId, fileId },
        )
        if (file === null) return 'no-file'
        const counted = yield* getRow('SELECT count(*) AS links FROM share_links WHERE file_id = $fileId', {
          fileId,
        })
        if (Number(counted?.links) >= maxLinks) return 'too-many'
        yield* changeRows(INSERT, insertParameters(organizationId, link, secretSha256))
        return 'created'
      }),

    list: async (organizationId, fileId, nowMs) =>
      (await all(LIST, { organizationId, fileId, nowMs })).map(toShareLink),

    delete: async (organizationId, fileId, linkId) => {
      const sql = `DELETE FROM share_links WHERE ${ONE} AND file_id = $fileId`
      return (await change(sql, { organizationId, fileId, linkId })).count > 0
    },

    countDownload: async (organizationId, linkId, { nowMs, continuesSinceMs, isLaterPart }) => {
      const isContinued = async () =>
        isLaterPart && (await get(IS_CONTINUED, { organizationId, linkId, nowMs, continuesSinceMs })) !== null
      if (await isContinued()) return true
      if ((await change(COUNT, { organizationId, linkId, nowMs })).count > 0) return true
      // The first part of the same download may have been counted in the meantime.
      return isContinued()
    },

    deleteEnded: async (nowMs, usedUpBeforeMs, limit) =>
      (await change(DELETE_ENDED, { nowMs, usedUpBeforeMs, limit })).count,
  }
}

function insertParameters(organizationId: string, link: ShareLink, secretSha256: string): Parameters {
  const { id, fileId, createdBy, createdAtMs, expiresAtMs, maxDownloads, downloads, lastDownloadAtMs } = link
  return {
    ...{ id, organizationId, fileId, secretSha256 },
    ...{ apiKeyId: createdBy?.apiKeyId ?? null, generation: createdBy?.generation ?? null },
    ...{ createdAtMs, expiresAtMs, maxDownloads, downloads, lastDownloadAtMs },
  }
}
