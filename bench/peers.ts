import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BodyRequest } from './load/put-body.ts'
import { type MeasuredProcess, startProcess } from './measured-process.ts'

const run = promisify(execFile)
const FOLDER = fileURLToPath(new URL('peers', import.meta.url))

/** Another upload server, running. */
export interface Peer {
  readonly name: string
  readonly url: string
  readonly process: MeasuredProcess
  /** Returns the request that uploads `bytes` bytes in one body, prepared for this server. */
  upload(bodyBytes: number): Promise<BodyRequest>
}

/** Running peers; a peer is null when it is not measured. */
export interface Peers {
  readonly tus: Peer | null
  readonly uploadx: Peer | null
  /** Peer for plain PUT; also null when nginx or its DAV module is not installed. */
  readonly nginx: Peer | null
}

export const NO_PEERS: Peers = { tus: null, uploadx: null, nginx: null }

/** Installs the peers in their own folder, in the versions of its lock file. */
export async function installPeers(): Promise<void> {
  await run('npm', ['ci', '--no-audit', '--no-fund', '--prefix', FOLDER])
}

/** Starts every peer, each with its own folder below `directory`. */
export async function startPeers(directory: string): Promise<Peers> {
  return {
    tus: await startTus(join(directory, 'tus')),
    uploadx: await startUploadx(join(directory, 'uploadx')),
    nginx: await startNginx(join(directory, 'nginx')),
  }
}

async function startTus(directory: string): Promise<Peer> {
  const server = await startProcess(process.execPath, [join(FOLDER, 'tus-server.js'), directory])
  const url = server.readyLine
  return {
    name: '@tus/server',
    url,
    process: server,
    upload: async (bodyBytes) => {
      const headers = { 'tus-resumable': '1.0.0', 'upload-length': String(bodyBytes) }
      const location = await locationOf(await fetch(url, { method: 'POST', headers }), url)
      return {
        method: 'PATCH',
        url: location,
        headers: {
          'tus-resumable': '1.0.0',
          'upload-offset': 0,
          'content-type': 'application/offset+octet-stream',
        },
        bodyBytes,
      }
    },
  }
}

async function startUploadx(directory: string): Promise<Peer> {
  const server = await startProcess(process.execPath, [join(FOLDER, 'uploadx-server.js'), directory])
  const url = server.readyLine
  return {
    name: '@uploadx/core',
    url,
    process: server,
    upload: async (bodyBytes) => {
      const type = 'application/octet-stream'
      const created = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-upload-content-length': String(bodyBytes),
          'x-upload-content-type': type,
        },
        body: JSON.stringify({ name: `${randomUUID()}.bin` }),
      })
      const location = await locationOf(created, url)
      const range = `bytes 0-${bodyBytes - 1}/${bodyBytes}`
      return {
        method: 'PUT',
        url: location,
        headers: { 'content-range': range, 'content-type': type },
        bodyBytes,
      }
    },
  }
}

async function locationOf(created: Response, url: string): Promise<string> {
  const location = created.headers.get('location')
  if (location === null) throw new Error(`${url} answered ${created.status}: ${await created.text()}`)
  return new URL(location, url).href
}

/** nginx with its default configuration and its module for PUT; it also serves the stored files. */
async function startNginx(directory: string): Promise<Peer | null> {
  const hasDav = await run('nginx', ['-V']).then(
    ({ stderr }) => stderr.includes('--with-http_dav_module'),
    () => false,
  )
  if (!hasDav) return null
  const port = await freePort()
  await mkdir(join(directory, 'files'), { recursive: true })
  const configuration = join(directory, 'nginx.conf')
  await writeFile(
    configuration,
    `daemon off; master_process off; worker_processes 1; pid ${directory}/pid; error_log stderr;
     events {}
     http {
       access_log off; sendfile on; client_body_temp_path ${directory}/body; client_max_body_size 0;
       server { listen 127.0.0.1:${port}; root ${directory}; location /files { dav_methods PUT; } }
     }\n`,
  )
  const server = await startProcess('sh', ['-c', `echo ready; exec nginx -e stderr -c ${configuration}`])
  const url = `http://127.0.0.1:${port}/files`
  await eventuallyAnswers(url)
  return {
    name: 'nginx DAV',
    url,
    process: server,
    upload: async (bodyBytes) => ({ method: 'PUT', url: `${url}/${randomUUID()}`, headers: {}, bodyBytes }),
  }
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address()
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
  })
  return promise
}

const START_MS = 10_000

async function eventuallyAnswers(url: string): Promise<void> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; ) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    )
    if (isThere) return
  }
  throw new Error(`${url} does not answer`)
}
