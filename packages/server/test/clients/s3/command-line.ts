import assert from 'node:assert/strict'
import { runProgram } from '../run-program.ts'

/** The environment without settings for the real AWS, such as credentials. */
const ENVIRONMENT = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
)

/** Runs a program that must succeed; returns what it printed. */
export async function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, args, { env: { ...ENVIRONMENT, ...env } })
  assert.equal(code, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}
