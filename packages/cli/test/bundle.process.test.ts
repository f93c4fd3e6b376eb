import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { runWaybill, startServer, type TestServer } from '../../server/test/start-server.ts'
import { findBundle } from '../bin/find-bundle.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const NOTE_MODULES = new URL('note-modules.ts', import.meta.url).href
const PACKAGES = ['cli', 'extract', 'sdk', 'server']

function bundle(root: string): void {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.ts')], { timeout: 60_000 })
}

/** Creates a checkout with the same sources, whose libraries are links. */
async function copyCheckout(root: string): Promise<void> {
  await mkdir(join(root, 'node_modules/@waybill'), { recursive: true })
  const libraries = await readdir(join(ROOT, 'node_modules'))
  for (const name of libraries.filter((name) => name !== '@waybill' && !name.startsWith('.')))
    await symlink(join(ROOT, 'node_modules', name), join(root, 'node_modules', name))
  for (const name of PACKAGES) {
    await symlink(join(root, 'packages', name), join(root, 'node_modules/@waybill', name))
    await cp(join(ROOT, 'packages', name), join(root, 'packages', name), {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|test)$|\.test\.ts$/.test(path),
    })
  }
  for (const name of ['cli', 'server'])
    await symlink(join(ROOT, 'packages', name, 'node_modules'), join(root, 'packages', name, 'node_modules'))
  for (const path of ['package.json', 'scripts/bundle.ts', 'scripts/bundle-program.ts'])
    await cp(join(ROOT, path), join(root, path))
}

describe('the bundle of a checkout', () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let root: string
  before(async () => {
    scratch = await createScratchFolder()
    root = join(scratch.path, 'checkout')
    await copyCheckout(root)
    bundle(root)
  })
  after(() => scratch.remove())

  it('runs while the sources are those that it was built from', () => {
    const url = findBundle(root) ?? assert.fail('the sources would run')
    assert.ok(url.startsWith(pathToFileURL(join(root, 'packages/server/dist/waybill-')).href), url)
  })

  it('runs where the time of a source is another, as in a copy', async () => {
    const source = join(root, 'packages/server/src/domain/errors.ts')
    await writeFile(source, await readFile(source))
    assert.notEqual(findBundle(root), null)
  })

  const changed: Record<string, string> = {
    'a source': 'packages/server/src/domain/errors.ts',
    'the manifest of a package': 'packages/cli/package.json',
    'the version': 'package.json',
    'the script that builds it': 'scripts/bundle.ts',
  }
  for (const [title, path] of Object.entries(changed)) {
    it(`does not run when ${title} is edited, or missing, until it is as before`, async () => {
      const file = join(root, path)
      const content = await readFile(file, 'utf8')
      await writeFile(file, content.replace('e', 'E'))
      assert.equal(findBundle(root), null)
      await rm(file)
      assert.equal(findBundle(root), null)
      await writeFile(file, content)
      assert.notEqual(findBundle(root), null)
    })
  }

  it('runs without a comparison in a package that has no sources', async () => {
    const record = join(root, 'packages/server/dist/bundle.json')
    const content = await readFile(record, 'utf8')
    const { program } = JSON.parse(content)
    await writeFile(record, JSON.stringify({ program }))
    await rename(join(root, 'scripts'), join(root, 'elsewhere'))
    assert.ok(findBundle(root)?.endsWith(`/${program}`))
    await rename(join(root, 'elsewhere'), join(root, 'scripts'))
    await writeFile(record, content)
  })

  it('does not run when an edited source has its old size and time', async () => {
    const file = join(root, 'packages/server/src/domain/errors.ts')
    const original = join(scratch.path, 'errors.ts')
    const content = await readFile(file, 'utf8')
    bundle(root)
    execFileSync('cp', ['-p', file, original])
    await writeFile(file, content.replace('e', 'E'))
    execFileSync('touch', ['-r', original, file])
    assert.equal(findBundle(root), null)
    await writeFile(file, content)
  })

  it('does not run when its record is missing, or cut off', async () => {
    const file = join(root, 'packages/server/dist/bundle.json')
    const content = await readFile(file, 'utf8')
    await writeFile(file, content.slice(0, -3))
    assert.equal(findBundle(root), null)
    await rm(file)
    assert.equal(findBundle(root), null)
    await writeFile(file, content)
  })

  it('does not run when a source is added', async () => {
    const file = join(root, 'packages/cli/src/added.ts')
    await writeFile(file, '')
    assert.equal(findBundle(root), null)
    await rm(file)
    assert.notEqual(findBundle(root), null)
  })

  it('gives way to an edited source, until it is built again', async () => {
    const help = () =>
      execFileSync(process.execPath, [join(root, 'packages/cli/bin/waybill.js'), '--help'], {
        encoding: 'utf8',
        timeout: 60_000,
      })
    const filesOfBundle = async () => (await readdir(join(root, 'packages/server/dist'))).sort()
    const file = join(root, 'packages/cli/src/sweep-command.ts')
    const content = await readFile(file, 'utf8')
    await writeFile(file, content.replace("Command('sweep')", "Command('broom')"))
    assert.match(help(), /^ {2}broom /m)
    const older = await filesOfBundle()
    bundle(root)
    assert.notEqual(findBundle(root), null)
    assert.match(help(), /^ {2}broom /m)
    // A server that still runs the bundle before finds its files.
    const newer = await filesOfBundle()
    assert.deepEqual(
      older.filter((name) => !newer.includes(name)),
      [],
    )
    await writeFile(file, content)
    bundle(root)
    bundle(root)
    assert.deepEqual(await filesOfBundle(), older)
  })
})

describe('the bundled program', () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let server: TestServer
  before(async () => {
    bundle(ROOT)
    scratch = await createScratchFolder()
    const env = { NODE_OPTIONS: `--import=${NOTE_MODULES}`, MODULES_FILE: join(scratch.path, 'modules') }
    server = await startServer({ env })
  })
  after(async () => {
    await server?.stop()
    await scratch.remove()
  })

  it('stores, reads, indexes and finds files', async () => {
    const env = {
      ...{ WAYBILL_URL: server.url, WAYBILL_API_KEY: server.apiKey },
      ...{ WAYBILL_ORGANIZATION: server.organizationId, XDG_STATE_HOME: scratch.path },
    }
    const run = (...args: readonly string[]) => runWaybill(scratch.path, args, env)
    const { id } = JSON.parse(await run('stores', 'create', 'Port', '--json'))
    // A thread reads text, a process reads HTML.
    for (const [name, content] of [
      ['ferry.txt', 'The ferry leaves at noon.'],
      ['harbour.html', '<p>The harbour is closed.</p>'],
    ] as const) {
      await writeFile(join(scratch.path, name), content)
      await run('stores', 'add', id, join(scratch.path, name))
    }
    assert.match(await run('stores', 'search', id, 'ferry'), /leaves at noon/)
    assert.match(await run('stores', 'search', id, 'harbour'), /is closed/)
    const [file] = JSON.parse(await run('files', 'list', '--json'))
    assert.match(await run('files', 'download', file.id, '-o', '-'), /ferry|harbour/)
  })

  it('serves the pages of the reference', async () => {
    const page = await fetch(`${server.url}/docs`)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<html/)
  })

  it('has source maps that name the sources', () => {
    const [file] = globSync(join(ROOT, 'packages/server/dist/csv-*.mjs'))
    const read = `(await import('${file}')).readCsv(null, null).next()`
    const { stderr } = spawnSync(
      process.execPath,
      ['--enable-source-maps', '--input-type=module', '--eval', read],
      { encoding: 'utf8', timeout: 60_000 },
    )
    const source = join(ROOT, 'packages/extract/src/formats/csv.ts')
    assert.ok(stderr.includes(`${source}:`), stderr)
  })

  it('loads no source', async () => {
    const modules = (await readFile(join(scratch.path, 'modules'), 'utf8')).split('\n')
    const named = (name: string) => modules.some((url) => url.includes(`/packages/server/dist/${name}-`))
    for (const name of ['waybill', 'server-chunk-worker', 'server-index-worker']) assert.ok(named(name), name)
    assert.deepEqual(
      modules.filter((url) => /\/packages\/[a-z]+\/src\//.test(url)),
      [],
    )
  })
})
