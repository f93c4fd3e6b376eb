/** Moment between a change, its event and its delivery at which a process ends. */
export interface FaultPoint {
  readonly name: string
  readonly of: 'files' | 'webhooks' | 'sender'
  readonly method: string
  readonly when: 'before' | 'after'
  /** Number of the call, from 1. Calls without a result that matters do not count. */
  readonly call: number
}

const pointsOf = (of: FaultPoint['of'], method: string, calls: number): FaultPoint[] =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'after'] as const).map((when) => ({
      name: `${when} ${method} ${call}`,
      of,
      method,
      when,
      call,
    })),
  )

/** Files that the killed process uploads; it deletes the second. */
export const UPLOADS = 3
const EVENTS = UPLOADS + 1

/** All steps from the change to the recorded delivery, of each file. */
export const FAULT_POINTS: readonly FaultPoint[] = [
  ...pointsOf('files', 'add', UPLOADS),
  ...pointsOf('files', 'delete', 1),
  ...pointsOf('webhooks', 'dispatch', 1),
  // Before a claim nothing has happened since the dispatch.
  ...pointsOf('webhooks', 'claim', EVENTS).filter(({ when }) => when === 'after'),
  ...pointsOf('sender', 'send', EVENTS),
  ...pointsOf('webhooks', 'finish', EVENTS),
]

/** Facts of the killed process, which it prints as it goes. */
export type Printed =
  | { readonly organizationId: string; readonly apiKey: string }
  | { readonly created: string }
  | { readonly deleted: string }
