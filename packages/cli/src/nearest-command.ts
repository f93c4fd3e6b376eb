import type { Command } from 'commander'

/** Share of a word that may be wrong in a word that was meant to be it. */
const MAX_WRONG_SHARE = 0.4

/** Returns the command, such as `files upload`, whose whole name or last word is nearest to `word`; null where none is near. */
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

/** Characters to insert, to remove or to replace on the way from one word to the other (Levenshtein). */
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
