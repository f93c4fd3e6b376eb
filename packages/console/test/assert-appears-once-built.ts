import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fastify, { type FastifyPluginCallback } from 'fastify'

/** A page that is served at `url` from a folder, and says there that `script` builds it, as long as the folder is not there. */
export async function assertAppearsOnceBuilt(
  route: (directory: URL) => FastifyPluginCallback,
  url: string,
  script: RegExp,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'waybill-page-'))
  const app = fastify()
  app.register(route(pathToFileURL(`${folder}/dist/`)))
  try {
    const missing = await app.inject(url)
    assert.equal(missing.statusCode, 503)
    assert.match(missing.headers['content-type'] ?? '', /^text\/plain/)
    assert.match(missing.body, script)
    await mkdir(join(folder, 'dist'))
    await writeFile(join(folder, 'dist/index.html'), '<!doctype html>')
    assert.equal((await app.inject(url)).body, '<!doctype html>')
  } finally {
    await app.close()
    await rm(folder, { recursive: true })
  }
}
