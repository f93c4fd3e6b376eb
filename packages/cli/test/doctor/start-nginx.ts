import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { eventually } from '../../../server/test/clients/eventually.ts'

export interface Nginx {
  /** Content of the error log. */
  output(): string
  stop(): Promise<void>
}

/** Debian keeps it where only root's PATH leads. */
const PATH = ['/usr/sbin', '/usr/local/sbin', process.env.PATH ?? ''].join(delimiter)

/** The reason to skip where nginx is not installed, else false. */
export async function missingNginx(): Promise<string | false> {
  const child = spawn('nginx', ['-v'], { env: { ...process.env, PATH }, stdio: 'ignore' })
  const isFound = await once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  )
  return isFound ? false : 'nginx is not installed'
}

/** A real nginx of its own with `text` in its `http` block, which listens on `port` of 127.0.0.1. */
export async function startNginx(text: string, port: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-nginx-'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log stderr;
     events {}
     http { ${temporary} access_log off;\n${text.replaceAll('FOLDER', folder)}\n}\n`,
  )
  const args = ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf']
  const child = spawn('nginx', args, { env: { ...process.env, PATH }, stdio: ['ignore', 'ignore', 'pipe'] })
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
  await eventually(`nginx listens on port ${port}`, () => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${output}`)
    return isListening(port)
  })
  return { output: () => output, stop }
}

function isListening(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
  return promise.finally(() => socket.destroy())
}
