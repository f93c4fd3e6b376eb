import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { runProgram } from '../../../server/test/clients/run-program.ts'

export interface Caddy {
  stop(): Promise<void>
}

/** The reason to skip where Caddy is not installed, else false. */
export async function missingCaddy(): Promise<string | false> {
  const isFound = await runProgram('caddy', ['version']).then(
    ({ code }) => code === 0,
    () => false,
  )
  return isFound ? false : 'caddy is not installed'
}

/** A real Caddy of its own with `sites` and the global `options`, which answers at `url`. */
export async function startCaddy(sites: string, url: string, options = ''): Promise<Caddy> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-caddy-'))
  const path = join(folder, 'Caddyfile')
  await writeFile(path, `{\n  admin off\n${options}\n}\n${sites}\n`)
  const child = spawn('caddy', ['run', '--config', path], {
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    output += piece
  })
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGTERM')
    await exited
    await rm(folder, { recursive: true, force: true })
  }
  await eventually('Caddy answers', () => {
    if (child.exitCode !== null) throw new Error(`Caddy ended: ${output}`)
    return fetch(`${url}/v1/health`).then(
      () => true,
      () => false,
    )
  })
  return { stop }
}
