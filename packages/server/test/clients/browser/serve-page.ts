import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PAGE = '<!doctype html><title>Page</title><input type="file"><script src="/page.js"></script>'

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const VITE = join(fileURLToPath(new URL('.', import.meta.resolve('vite/package.json'))), 'bin', 'vite.js')

export interface ServedPage {
  readonly url: string
  close(): Promise<void>
}

/** Serves a page of an origin of its own, with the stock clients of tus-page.js. */
export async function servePage(): Promise<ServedPage> {
  const code = await bundle()
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? code : PAGE)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Returns tus-page.js and its packages as one script. */
async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-page-'))
  try {
    // In a process of its own, because its types would give the tests those of a browser.
    const args = ['build', '--logLevel', 'warn', '--outDir', folder, '--config', pathOf('vite.config.js')]
    await promisify(execFile)(process.execPath, [VITE, ...args, pathOf('.')])
    return await readFile(join(folder, 'page.js'), 'utf8')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
