import { ServiceError } from '../domain/errors.ts'
import { redactPasswords } from '../platform/redact.ts'

/** Opens a resource. An error message begins with `what`: the resource and the setting that selects it. */
export async function opening<T>(what: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw new Error(redactPasswords(`${what} cannot be used: ${reasonOf(error)}`), { cause: error })
  }
}

/**
 * Returns the message, followed by the cause of a ServiceError. The error of a host with several addresses that all
 * refuse has no message, only a code.
 */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { message, cause } = error
  if (error instanceof ServiceError && cause instanceof Error) return `${message}: ${cause.message}`
  return message || ('code' in error ? String(error.code) : error.name)
}
