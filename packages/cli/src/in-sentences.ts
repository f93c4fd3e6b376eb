import type { CommandIo } from './command-io.ts'

// biome-ignore lint/suspicious/noExplicitAny: the arguments are what the command line declares
type Action = (...args: any[]) => Promise<void>

/** An action whose failure is told in a sentence, with what to do next. */
export function inSentences(io: CommandIo, action: Action): Action {
  return async (...args) => {
    try {
      await action(...args)
    } catch (error) {
      const { sentenceOf } = await import('./files/sentence-of.ts')
      throw new Error(sentenceOf(io, error), { cause: error })
    }
  }
}
