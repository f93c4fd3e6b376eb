import type { WebhookDelivery } from '@waybill/sdk'
import { formatDateTime, formatName } from '../parts/format.ts'

export type Attempt = WebhookDelivery['attempts'][number]

/** One request to a webhook, and what came back. */
export function AttemptView({ attempt }: { readonly attempt: Attempt }) {
  const { at, duration_ms, response } = attempt
  return (
    <div className="attempt">
      <p>
        <span className={`state ${hasSucceeded(attempt) ? 'delivered' : 'failed'}`}>
          {answerText(attempt)}
        </span>{' '}
        <span className="fine">
          {formatDateTime(at)}, after {duration_ms} ms
        </span>
      </p>
      {response !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users need the focus to scroll it
        <pre className="code" tabIndex={0} role="group" aria-label="Beginning of the answer">
          {response}
        </pre>
      )}
    </div>
  )
}

export const hasSucceeded = ({ status }: Attempt): boolean => status !== null && status >= 200 && status < 300

export const answerText = ({ status, error }: Attempt): string =>
  status === null ? formatName(error ?? 'No answer') : `Answer ${status}`
