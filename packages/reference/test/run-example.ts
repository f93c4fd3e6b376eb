import { fileURLToPath } from 'node:url'
import { type ProgramEnd, runProgram } from '../../server/test/clients/run-program.ts'
import { EXAMPLES, type Language } from '../src/examples.ts'

const PROGRAMS = {
  // Every command of a script has to go well, and every variable has to be there.
  sh: ['sh', '-eu'],
  py: ['python3'],
  ts: [process.execPath],
} as const

/** Runs the example as it stands, in that folder, with these variables. */
export function runExample(
  name: string,
  { ending }: Language,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<ProgramEnd> {
  const path = fileURLToPath(new URL(`${name}.${ending}`, EXAMPLES))
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
