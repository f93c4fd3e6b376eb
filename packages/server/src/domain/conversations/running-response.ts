import type { ModelResponse } from './response.ts'
import type { ResponseEvent } from './response-event.ts'

/** Response that the model server has accepted, and that its reader drives. */
export interface RunningResponse {
  /** Response as it begins, in progress. */
  readonly response: ModelResponse
  /**
   * Yields the events up to the terminal one, and never throws: a fault after the beginning ends with `failed`. The
   * response is stored, and appended to its conversation, before the terminal event. A reader that returns early, or the
   * caller's signal, cancels the call of the model server, and then nothing is stored.
   */
  readonly events: AsyncIterable<ResponseEvent>
}
