/** An action whose failure is told in a sentence, with what to do next. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments are what the command line declares
export function inSentences(action: (...args: any[]) => Promise<void>): (...args: any[]) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args)
    } catch (error) {
      const { sentenceOf } = await import('./files/sentence-of.ts')
      throw new Error(sentenceOf(error), { cause: error })
    }
  }
}
