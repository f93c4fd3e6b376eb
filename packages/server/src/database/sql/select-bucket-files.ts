/**
 * FROM and WHERE clauses for Files with their keys. Take `$organizationId` and `$bucket`. A key and its File have the same
 * organization. The join does not repeat it: PostgreSQL would then, without statistics, read all Files of the
 * organization for each key, and with statistics take the join for a rare match and read the complete bucket.
 */
export const OF_BUCKET = `bucket_files
  JOIN files ON files.id = bucket_files.file_id AND files.deleted_at_ms IS NULL AND files.trashed_at_ms IS NULL
  WHERE bucket_files.organization_id = $organizationId AND bucket_files.bucket = $bucket`

/** Selects Files with their keys. Takes `$organizationId` and `$bucket`. */
export const SELECT_BUCKET_FILES = `SELECT bucket_files.key, bucket_files.attributes, files.* FROM ${OF_BUCKET}`

/** Condition for Files that have not ended at `$nowMs`. */
export const NOT_EXPIRED = '(files.expires_at_ms IS NULL OR files.expires_at_ms > $nowMs)'
