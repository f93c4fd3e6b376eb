import type { Organization } from '@waybill/sdk'
import { useEffect } from 'react'
import { formatBytes, formatDate } from '../parts/format.ts'
import { useStore } from '../parts/store.ts'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { OpenUploads } from './open-uploads.tsx'
import { StorageBar } from './storage-meter.tsx'

export function StoragePage() {
  const { organization, refreshOrganization } = useWorkspace()
  const known = useStore(organization)
  useEffect(refreshOrganization, [refreshOrganization])
  return (
    <div className="page">
      <header className="page-head">
        <h1>Storage</h1>
      </header>
      {known === null ? <p className="quiet">Loading…</p> : <Usage organization={known} />}
      <OpenUploads />
    </div>
  )
}

function Usage({ organization }: { readonly organization: Organization }) {
  const {
    storage_used_bytes: used,
    storage_reserved_bytes: reserved,
    storage_limit_bytes: limit,
  } = organization
  const free = limit === null ? null : Math.max(0, limit - used - reserved)
  return (
    <section className="card usage" aria-labelledby="usage-title">
      <h2 id="usage-title">{organization.name}</h2>
      <p className="fine">
        <code>{organization.id}</code>, since {formatDate(organization.created_at)}
      </p>
      {limit !== null && <StorageBar organization={organization} height={18} />}
      <dl className="figures">
        <Figure look="used" label="Used by files, the trash included" value={formatBytes(used)} />
        <Figure look="reserved" label="Reserved by open uploads" value={formatBytes(reserved)} />
        <Figure look="free" label="Free" value={free === null ? 'No limit is set' : formatBytes(free)} />
        <Figure look={null} label="Limit" value={limit === null ? 'None' : formatBytes(limit)} />
      </dl>
    </section>
  )
}

interface FigureProps {
  readonly look: 'used' | 'reserved' | 'free' | null
  readonly label: string
  readonly value: string
}

function Figure({ look, label, value }: FigureProps) {
  return (
    <div>
      <dt>
        {look && <span className={`swatch ${look}`} />}
        {label}
      </dt>
      <dd>{value}</dd>
    </div>
  )
}
