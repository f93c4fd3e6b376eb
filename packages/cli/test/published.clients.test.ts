import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { docxOf, pdfOf } from '../../extract/test/sample-files.ts'
import { installNode, installPackages } from '../../server/test/clients/install-node.ts'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { type ProgramEnd, runProgram } from '../../server/test/clients/run-program.ts'
import { listeningUrl } from '../../server/test/start-server.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const MAX_INSTALLED_BYTES = 150_000_000
const TARBALLS = /^waybill(-sdk)?-\d+\.\d+\.\d+\.tgz$/

/** Words of each file, whose readers run in a thread and in processes, with libraries beside and inside the program. */
const FILES: Readonly<Record<string, { readonly bytes: Buffer; readonly word: string }>> = {
  'notes.txt': { bytes: Buffer.from('The ferry leaves at noon.'), word: 'ferry' },
  'plan.pdf': { bytes: pdfOf([['The harbour is closed.']]), word: 'harbour' },
  'letter.docx': {
    bytes: docxOf('<w:p><w:r><w:t>The lighthouse is green.</w:t></w:r></w:p>'),
    word: 'lighthouse',
  },
  'page.html': { bytes: Buffer.from('<p>The anchor is heavy.</p>'), word: 'anchor' },
}

describe('the published program', () => {
  let scratch: Awaited<ReturnType<typeof createScratchFolder>>
  let installed: string
  before(async () => {
    scratch = await createScratchFolder()
    const packed = join(scratch.path, 'packed')
    const pack = ['run', '--silent', 'pack', '--', '--pack-destination', packed]
    const { code, stderr } = await runProgram('npm', pack, { cwd: ROOT })
    assert.equal(code, 0, stderr)
    const tarballs = await readdir(packed)
    assert.deepEqual(
      tarballs.filter((name) => !TARBALLS.test(name)),
      [],
    )
    installed = join(scratch.path, 'installed')
    await installPackages(
      installed,
      tarballs.map((name) => join(packed, name)),
    )
  })
  after(() => scratch.remove())

  const program = () => join(installed, 'node_modules', '.bin', 'waybill')
  const waybill = (node: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProgramEnd> =>
    runProgram(node, [program(), ...args], { cwd: scratch.path, env: { ...process.env, ...env } })

  for (const version of ['22.18.0', process.versions.node]) {
    it(`serves, uploads, searches and downloads with Node ${version}`, async (t) => {
      const node = await installNode(join(scratch.path, `node-${version}`), version)
      const home = join(scratch.path, `home-${version}`)
      await mkdir(home)
      const server = spawn(node, [program(), 'serve'], {
        cwd: home,
        env: { ...process.env, PORT: '0', DATA_DIR: join(home, 'data') },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      t.after(() => server.kill('SIGKILL'))
      const url = await listeningUrl(server)
      const env = {
        WAYBILL_URL: url,
        WAYBILL_API_KEY: (await readFile(join(home, 'data', 'first-admin-key'), 'utf8')).trim(),
        WAYBILL_ORGANIZATION: 'org_default',
        XDG_STATE_HOME: home,
      }
      const run = async (...args: readonly string[]) => {
        const { code, stdout, stderr } = await waybill(node, args, env)
        assert.equal(code, 0, stderr)
        return stdout
      }

      const { id: store } = JSON.parse(await run('stores', 'create', 'Port', '--json'))
      for (const [name, { bytes, word }] of Object.entries(FILES)) {
        const path = join(home, name)
        await writeFile(path, bytes)
        await run('stores', 'add', store, path)
        assert.match(await run('stores', 'search', store, word), new RegExp(`The ${word} `))
      }
      const files: { id: string; original_filename: string }[] = JSON.parse(
        await run('files', 'list', '--json'),
      )
      assert.equal(files.length, Object.keys(FILES).length)
      for (const { id, original_filename } of files) {
        const copy = join(home, `copy-${original_filename}`)
        await run('files', 'download', id, '-o', copy)
        assert.deepEqual(await readFile(copy), FILES[original_filename]?.bytes)
      }
      for (const [path, content] of [
        ['/console/', /<title>Waybill/],
        ['/docs', /upload-url/],
      ] as const) {
        const page = await fetch(`${url}${path}`)
        assert.equal(page.status, 200)
        assert.match(await page.text(), content)
      }
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      assert.deepEqual(await ended, [0, null])
    })
  }

  it('is what npx runs, and has the version of the workspace', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
    const { stdout } = spawnSync('npx', ['waybill', '--version'], { cwd: installed, encoding: 'utf8' })
    assert.equal(stdout.trim(), version)
  })

  it('refuses an older Node with a sentence', async () => {
    const node = await installNode(join(scratch.path, 'node-20'), '20.20.2')
    const { code, stderr } = await waybill(node, ['serve'])
    assert.deepEqual(
      { code, stderr },
      { code: 1, stderr: 'waybill needs Node 22.18 or newer, and this is v20.20.2.\n' },
    )
  })

  for (const [name, env] of [
    ['@aws-sdk/client-s3', { STORAGE_URL: 's3://a-bucket' }],
    ['@google-cloud/storage', { STORAGE_URL: 'gs://a-bucket' }],
    ['@opentelemetry/sdk-trace', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }],
  ] as const) {
    it(`does not bring ${name}, and names it where a setting needs it`, async () => {
      const settings = { PORT: '0', DATA_DIR: join(scratch.path, 'data'), ...env }
      const { code, stderr } = await waybill(process.execPath, ['serve'], settings)
      assert.equal(code, 1)
      assert.match(stderr, new RegExp(`^waybill: .* not installed: run "npm install [^"]*${name}@[^\n]*\n$`))
    })
  }

  it(`has at most ${MAX_INSTALLED_BYTES} bytes with its libraries`, async (t) => {
    const folder = join(installed, 'node_modules')
    const names = await readdir(folder, { recursive: true })
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    t.diagnostic(`${bytes} bytes`)
    assert.ok(bytes <= MAX_INSTALLED_BYTES, `${bytes} bytes`)
  })

  it('has a package.json that tools read alike', async () => {
    const publint = join(ROOT, 'node_modules', '.bin', 'publint')
    const { code, stdout } = await runProgram(publint, [
      '--strict',
      join(installed, 'node_modules', 'waybill'),
    ])
    assert.equal(code, 0, stdout)
  })
})
