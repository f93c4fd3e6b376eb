import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ProgramEnd, runProgram } from '../../server/test/clients/run-program.ts'
import type { Language } from '../src/examples.ts'

const PROGRAMS = {
  // Every command of a script has to go well, and every variable has to be there.
  sh: ['sh', '-eu'],
  py: ['python3'],
  ts: [process.execPath],
} as const

/** Writes the example to a file `name` in that folder and runs it there, with these variables. */
export async function runExample(
  name: string,
  code: string,
  { ending }: Language,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<ProgramEnd> {
  const path = join(folder, `${name}.${ending}`)
  await writeFile(path, code)
  const [program, ...args] = PROGRAMS[ending]
  const env = { ...process.env, XDG_STATE_HOME: folder, ...variables }
  return runProgram(program, [...args, path], { cwd: folder, env })
}

/** Why the examples in this language cannot run here, or false. */
export async function skipLanguage({ ending }: Language): Promise<string | false> {
  if (ending === 'ts') return false
  const [program, args, reason] =
    ending === 'sh'
      ? (['curl', ['--version'], 'curl is not installed'] as const)
      : (['python3', ['-c', 'import requests'], 'python3 with its module requests is not installed'] as const)
  const isThere = await runProgram(program, args).then(
    ({ code }) => code === 0,
    () => false,
  )
  return isThere ? false : reason
}
