/**
 * The condition that lets an organization take `$sizeBytes` more. Without a limit there is still one: what a number
 * can say exactly.
 */
export const WITHIN_QUOTA = `storage_used_bytes + storage_reserved_bytes + $sizeBytes
  <= COALESCE(storage_limit_bytes, ${Number.MAX_SAFE_INTEGER})`

/** Remaining quota of an organization, in bytes. */
export const FREE_BYTES = `COALESCE(storage_limit_bytes, ${Number.MAX_SAFE_INTEGER}) - storage_used_bytes - storage_reserved_bytes`
