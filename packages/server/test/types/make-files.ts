import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Files by name; a string is the reason why a file could not be created. */
export type Made = Readonly<Record<string, Buffer | string>>

/** Creates files with a program in a separate folder. When it is not installed, no file is created. */
export async function makeInFolder(
  names: readonly string[],
  program: string,
  make: (folder: string) => Promise<void>,
): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-types-'))
  try {
    await make(folder)
    const files = names.map(async (name) => [name, await readFile(join(folder, name))] as const)
    return Object.fromEntries(await Promise.all(files))
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error
    return Object.fromEntries(names.map((name) => [name, `${program} is not installed`]))
  } finally {
    await rm(folder, { recursive: true })
  }
}

class MissingProgram extends Error {}

/** Runs a program to its end. Throws an error with its output when it fails. */
export async function runProgram(
  program: string,
  words: readonly string[],
  folder: string,
  input = '',
): Promise<void> {
  const child = spawn(program, words, { cwd: folder, stdio: ['pipe', 'ignore', 'pipe'] })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve)
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new MissingProgram(program) : error),
    )
  })
  const [code, said] = await Promise.all([ended, text(child.stderr)])
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`)
}
