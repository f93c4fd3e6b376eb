import type { Command } from 'commander'

/** Largest share of a word's characters that may differ from the suggestion. */
const MAX_WRONG_SHARE = 0.4

/** Returns the command, such as `files upload`, whose name or last word is nearest to `word`; null when none is. */
export function nearestCommand(program: Command, word: string): string | null {
  const near = pathsOf(program)
    .map((path) => {
      const last = path.slice(path.lastIndexOf(' ') + 1)
      return { path, wrong: Math.min(distance(word, path), distance(word, last)) }
    })
    .filter(({ wrong }) => wrong <= Math.max(word.length, 3) * MAX_WRONG_SHARE)
    .sort((a, b) => a.wrong - b.wrong)
  return near[0]?.path ?? null
}

function pathsOf(command: Command, before = ''): string[] {
  return command.commands.flatMap((one) => {
    const path = `${before} ${one.name()}`.trim()
    return [path, ...pathsOf(one, path)]
  })
}

/** Returns the Levenshtein distance of two words. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [line, character] of [...from].entries()) {
    const next = [line + 1]
    for (let column = 0; column < to.length; column++) {
      const replaced = (row[column] ?? 0) + (to[column] === character ? 0 : 1)
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
