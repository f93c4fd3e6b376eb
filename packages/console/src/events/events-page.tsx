import { PermissionError, type WaybillEvent } from '@waybill/sdk'
import { useEffect, useMemo, useState } from 'react'
import type { LiveState } from '../live/live-events.ts'
import { BusyButton } from '../parts/busy-button.tsx'
import { EmptyState } from '../parts/empty-state.tsx'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { formatDateTime } from '../parts/format.ts'
import { IconButton } from '../parts/icon-button.tsx'
import { PlainTable } from '../parts/plain-table.tsx'
import { useStore } from '../parts/store.ts'
import { NoPermission } from '../stores/no-permission.tsx'
import { useWorkspace } from '../workspace/workspace-context.ts'
import { EventDetails } from './event-details.tsx'
import { createEventLog } from './event-log.ts'
import { EventSubject, nameOf } from './event-subject.tsx'
import { TypeFilter } from './type-filter.tsx'
import './events.css'

/** The events of the organization, newest first, as they happen. */
export function EventsPage() {
  const { client, live } = useWorkspace()
  const [types, setTypes] = useState('')
  const log = useMemo(() => createEventLog(client, live, types), [client, live, types])
  const { events, error, isLoading, olderCursor } = useStore(log.state)
  useEffect(() => log.start(), [log])
  const [shown, setShown] = useState<WaybillEvent | null>(null)
  if (error instanceof PermissionError) return <NoPermission need="files:read" />
  return (
    <div className="page">
      <header className="page-head">
        <h1>Events</h1>
        <LiveSign />
        <div className="page-actions">
          <TypeFilter types={types} onChange={setTypes} />
        </div>
      </header>
      {error && <ErrorNotice error={error} onRetry={events.length === 0 ? log.reload : log.loadOlder} />}
      {isLoading && events.length === 0 && <p className="quiet">Loading…</p>}
      {!isLoading && !error && events.length === 0 && <NoEvents isFiltered={types !== ''} />}
      {events.length > 0 && <EventTable events={events} onShow={setShown} />}
      {olderCursor !== null && events.length > 0 && (
        <BusyButton className="button" isBusy={isLoading} onClick={log.loadOlder}>
          Show older events
        </BusyButton>
      )}
      {shown && <EventDetails event={shown} onClose={() => setShown(null)} />}
    </div>
  )
}

const SIGNS: Readonly<Record<LiveState, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  polling: 'Updated every 15 seconds',
}

function LiveSign() {
  const { live } = useWorkspace()
  const state = useStore(live.state)
  return (
    <span className={`state live-${state}`} role="status">
      {SIGNS[state]}
    </span>
  )
}

function NoEvents({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <EmptyState icon="pulse" title={isFiltered ? 'No such events' : 'No events yet'}>
      <p>What happens to files, uploads, vector stores and keys appears here, and is kept for some weeks.</p>
    </EmptyState>
  )
}

interface EventTableProps {
  readonly events: readonly WaybillEvent[]
  onShow(event: WaybillEvent): void
}

function EventTable({ events, onShow }: EventTableProps) {
  return (
    <PlainTable className="events" columns={['Event', 'About', 'Time']} hasActions>
      {events.map((event) => {
        const { id, type, created_at } = event
        return (
          <tr key={id}>
            <th scope="row">
              <code>{type}</code>
            </th>
            <td data-label="About">
              <EventSubject event={event} />
            </td>
            <td data-label="Time">
              <time dateTime={created_at} title={created_at}>
                {formatDateTime(created_at)}
              </time>
            </td>
            <td className="actions">
              <IconButton
                icon="braces"
                label={`Show the JSON of ${type}, ${nameOf(event.data)}`}
                onClick={() => onShow(event)}
              />
            </td>
          </tr>
        )
      })}
    </PlainTable>
  )
}
