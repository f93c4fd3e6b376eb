import { ValidationError } from '@waybill/sdk'
import { formatName } from './format.ts'

/**
 * Returns what the service says about a value that it refused; null for other errors. The message of such an error is
 * the same for all values.
 */
export function refusalText(error: Error): string | null {
  // The answer of a proxy is a page, and no sentence.
  if (!(error instanceof ValidationError) || error.code === 'UNREADABLE_ANSWER') return null
  return error.systemMessage === '' ? null : formatName(error.systemMessage)
}
