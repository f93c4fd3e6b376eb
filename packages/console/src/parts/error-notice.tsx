import { WaybillError } from '@waybill/sdk'
import { Icon } from './icon.tsx'
import { refusalText } from './refusal-text.ts'

export interface ErrorNoticeProps {
  readonly error: Error
  readonly onRetry?: () => void
}

/** Shows an error's message with what was refused, and the trace id, which identifies the request in the service's log. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const refusal = refusalText(error)
  const traceId = error instanceof WaybillError ? error.traceId : null
  return (
    <div className="notice error" role="alert">
      <Icon name="alert" />
      <div>
        <p>{error.message}</p>
        {refusal && <p dir="auto">{refusal}</p>}
        {traceId && (
          <p className="fine">
            Trace id <code>{traceId}</code>
          </p>
        )}
      </div>
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}
