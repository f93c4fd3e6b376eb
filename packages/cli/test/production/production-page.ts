import { readFile } from 'node:fs/promises'

const PAGE = new URL('../../../../docs/production.md', import.meta.url)

/** The first block of code below the heading in docs/production.md: what a reader pastes. */
export async function blockOfPage(heading: string, language: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`))
  const block = section?.match(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms'))?.[1]
  if (block === undefined) throw new Error(`docs/production.md has no ${language} below "${heading}"`)
  return block
}

/** The text with each of the pieces replaced, all of which must be in it: the page may not drift away from its test. */
export function replaced(text: string, pieces: Readonly<Record<string, string>>): string {
  let result = text
  for (const [piece, by] of Object.entries(pieces)) {
    if (!result.includes(piece)) throw new Error(`docs/production.md does not say "${piece}" any more`)
    result = result.replaceAll(piece, by)
  }
  return result
}
