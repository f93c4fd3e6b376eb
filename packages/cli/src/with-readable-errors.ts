import type { CommandIo } from './command-io.ts'

// biome-ignore lint/suspicious/noExplicitAny: commander passes the arguments that the command declares
type Action = (...args: any[]) => Promise<void>

/** Wraps the action of a command. Its errors become messages for the user, with advice on what to do next. */
export function withReadableErrors(io: CommandIo, action: Action): Action {
  return async (...args) => {
    try {
      await action(...args)
    } catch (error) {
      const { errorText } = await import('./files/error-text.ts')
      throw new Error(errorText(io, error), { cause: error })
    }
  }
}
