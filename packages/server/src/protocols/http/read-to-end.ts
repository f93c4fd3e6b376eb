import type { ModelResponse } from '../../domain/conversations/response.ts'
import type { RunningResponse } from '../../domain/conversations/running-response.ts'

/** Reads a running response to its end and returns it complete. Throws the fault with which it failed. */
export async function readToEnd({ events }: RunningResponse): Promise<ModelResponse> {
  for await (const event of events) {
    if (event.type === 'failed') throw event.error
    if (event.type === 'completed' || event.type === 'incomplete') return event.response
  }
  throw new Error('the events of a response ended without a terminal one')
}
