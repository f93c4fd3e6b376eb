import { NO_LIMIT_BYTES } from '../../domain/access/organization.ts'

/** SQL form of `remainingQuotaBytes`: the rule itself is in domain/access/organization.ts. */
export const FREE_BYTES = `COALESCE(storage_limit_bytes, ${NO_LIMIT_BYTES}) - storage_used_bytes - storage_reserved_bytes`

/** Condition under which an organization may take `$sizeBytes` more. */
export const WITHIN_QUOTA = `$sizeBytes <= ${FREE_BYTES}`
