import type { Organization } from '@waybill/sdk'
import { formatBytes } from '../parts/format.ts'
import './storage.css'

/** Returns the used and reserved shares of the limit, between 0 and 1. */
function sharesOf({
  storage_used_bytes: used,
  storage_reserved_bytes: reserved,
  storage_limit_bytes: limit,
}: Organization) {
  const total = Math.max(limit ?? 0, used + reserved, 1)
  return { used: used / total, reserved: reserved / total }
}

/** Storage use of the organization in one line. */
export function StorageMeter({ organization }: { readonly organization: Organization }) {
  const { storage_used_bytes: used, storage_limit_bytes: limit } = organization
  return (
    <div className="meter">
      <p>
        <strong>{formatBytes(used)}</strong> {limit === null ? 'stored' : `of ${formatBytes(limit)}`}
      </p>
      {limit !== null && <StorageBar organization={organization} height={6} />}
    </div>
  )
}

export interface StorageBarProps {
  readonly organization: Organization
  readonly height: number
}

/** Storage usage of the organization. The bar is shown only when there is a limit. */
export function StorageBar({ organization, height }: StorageBarProps) {
  const { used, reserved } = sharesOf(organization)
  const { storage_used_bytes, storage_reserved_bytes, storage_limit_bytes } = organization
  const description = [
    `${formatBytes(storage_used_bytes)} used`,
    `${formatBytes(storage_reserved_bytes)} reserved`,
    `of ${formatBytes(storage_limit_bytes ?? 0)}`,
  ].join(', ')
  // A share above 0 must stay visible.
  const width = (share: number) => (share === 0 ? 0 : Math.max(share * 1000, 4))
  return (
    <svg
      className="bar"
      role="img"
      aria-label={description}
      viewBox={`0 0 1000 ${height}`}
      height={height}
      preserveAspectRatio="none"
    >
      <rect className="bar-free" width="1000" height={height} />
      <rect className="bar-used" width={width(used)} height={height} />
      <rect className="bar-reserved" x={width(used)} width={width(reserved)} height={height} />
    </svg>
  )
}
