import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../server/test/free-port.ts'
import { startApp, type TestApp } from '../../../server/test/start-app.ts'
import { startFixtureProvider } from '../../../server/test/users/fixture-provider.ts'
import { checkClock, compareClocks, urlClock } from '../../src/doctor/check-clock.ts'
import { checkDisk, fileSystemProblems, spaceProblems } from '../../src/doctor/check-disk.ts'
import type { Finding } from '../../src/doctor/finding.ts'
import { runInProcess } from '../run-in-process.ts'

// As the program does, so that what the server writes is for its user alone.
process.umask(0o077)

const TMPFS = 0x01021994

describe('waybill doctor', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ isOnDisk: true })
  })
  after(() => server.stop())

  const doctor = (args: readonly string[], env: Record<string, string> = {}) =>
    runInProcess(['doctor', ...args], { DATA_DIR: server.dataDir, ...env })
  /** Returns the faults, without those that depend on the machine: its disk, and the speed of its database. */
  const faults = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout } = await doctor([...args, '--json'], env)
    const findings: Finding[] = JSON.parse(stdout).findings
    return findings.filter(
      ({ check, code, level }) => level !== 'ok' && check !== 'disk' && code !== 'slow-database',
    )
  }
  const codes = (findings: readonly Finding[]) => findings.map(({ check, code }) => `${check} ${code}`).sort()

  it('finds nothing where nothing is wrong, and says one line of each check', async () => {
    const { stdout } = await doctor(['--url', server.url, '--seconds', '1'])
    for (const check of ['settings', 'clock', 'access', 'storage', 'url']) {
      assert.match(stdout, new RegExp(`^ok       ${check} `, 'm'))
    }
    // A slow machine causes warnings.
    for (const check of ['disk', 'database']) {
      assert.match(stdout, new RegExp(`^(ok|warning) +${check} `, 'm'))
    }
  })

  it('leaves nothing behind: no key, no file, no upload, no bytes', async () => {
    const tell = async () => {
      const at = `${server.url}/v1/organizations/${server.organizationId}/files`
      const lists = [at, `${at}/uploads`].map(async (url) =>
        (await fetch(url, { headers: { 'x-api-key': server.apiKey } })).json(),
      )
      const names = await readdir(join(server.dataDir, 'objects'), { recursive: true })
      const list = ['keys', 'list', '--json', '--organization', server.organizationId]
      const keys = (await runInProcess(list, { DATA_DIR: server.dataDir })).stdout
      return {
        lists: await Promise.all(lists),
        stored: names.filter((name) => /\.(object|log|segment|tmp)$/.test(name)),
        keys: JSON.parse(keys).map(({ id }: { id: string }) => id),
      }
    }
    const earlier = await tell()
    assert.equal(earlier.keys.length, 1)
    assert.deepEqual(await faults(['--url', server.url, '--seconds', '1']), [])
    assert.deepEqual(await tell(), earlier)
  })

  it('embeds a word if there is an embeddings server, and names the fault of one that does not answer', async () => {
    const embeddings = createServer((_, response) => {
      response.end(JSON.stringify({ data: [{ index: 0, embedding: [0.6, 0, 0.8] }] }))
    }).listen(0, '127.0.0.1')
    await once(embeddings, 'listening')
    const url = `http://127.0.0.1:${(embeddings.address() as AddressInfo).port}/v1`
    const env = { EMBEDDINGS_URL: url, EMBEDDINGS_MODEL: 'small' }
    const { stdout } = await doctor([], env)
    assert.match(stdout, /^ok +embeddings +http.* returned a vector of 3 dimensions from small in \d+ ms\.$/m)
    embeddings.closeAllConnections()
    embeddings.close()
    assert.deepEqual(codes(await faults([], env)), ['embeddings embeddings-unusable'])
  })

  it('offers the scanner a missing file, and names a wrong secret and a scanner that is away', async () => {
    let status = 502
    const scanner = createServer((_, response) => response.writeHead(status).end('{"verdict":"clean"}'))
    scanner.listen(0, '127.0.0.1')
    await once(scanner, 'listening')
    const env = {
      FILE_SCAN_URL: `http://127.0.0.1:${(scanner.address() as AddressInfo).port}/scan`,
      FILE_SCAN_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
    }
    assert.match((await doctor([], env)).stdout, /^ok +scanner +\S+ answers/m)
    status = 401
    assert.deepEqual(codes(await faults([], env)), ['scanner scanner-refuses-signature'])
    status = 200
    assert.deepEqual(codes(await faults([], env)), ['scanner scanner-judges-unread'])
    scanner.closeAllConnections()
    scanner.close()
    assert.deepEqual(codes(await faults([], env)), ['scanner scanner-unusable'])
  })

  it('lists the models if there is a model server, and names the fault of one that does not answer', async () => {
    const models = createServer((_, response) => {
      response.end(JSON.stringify({ data: [{ id: 'tiny' }] }))
    }).listen(0, '127.0.0.1')
    await once(models, 'listening')
    const url = `http://127.0.0.1:${(models.address() as AddressInfo).port}/v1`
    const { stdout } = await doctor([], { MODEL_SERVER_URL: url, CHAT_MODEL: 'tiny' })
    assert.match(stdout, /^ok +models +1 model servers list 1 models\.$/m)
    const other = { MODEL_SERVER_URL: url, CHAT_MODEL: 'other' }
    assert.deepEqual(codes(await faults([], other)), ['models chat-model-unknown'])
    models.closeAllConnections()
    models.close()
    assert.deepEqual(codes(await faults([], other)), ['models models-unusable'])
  })

  it('reads the keys of the sign-in provider, and names the fault of one that does not answer', async () => {
    const provider = await startFixtureProvider()
    const { stdout } = await doctor([], provider.env)
    assert.match(stdout, /^ok +sign-in +The keys of http/m)
    const slash = { ...provider.env, OIDC_ISSUER: `${provider.issuer}/` }
    assert.deepEqual(codes(await faults([], slash)), ['sign-in sign-in-unusable'])
    await provider.stop()
    assert.deepEqual(codes(await faults([], provider.env)), ['sign-in sign-in-unusable'])
  })

  it('uses the key that it is given, and makes none', async () => {
    const env = { WAYBILL_API_KEY: 'oak_live_wrong', WAYBILL_ORGANIZATION: server.organizationId }
    assert.deepEqual(codes(await faults(['--url', server.url], env)), ['url other-installation'])
  })

  it('says what it could not try: a quota or the allowed types can forbid it', async () => {
    const strict = await startApp({ env: { ALLOWED_MIME_TYPES: 'image/*' }, isOnDisk: true })
    try {
      const { dataDir, organizationId, url } = strict
      const limit = ['organizations', 'update', organizationId, '--storage-limit', '100kB']
      await runInProcess(limit, { DATA_DIR: dataDir })
      const env = { DATA_DIR: dataDir, ALLOWED_MIME_TYPES: 'image/*' }
      const seen = await faults(['--url', url, '--seconds', '1'], env)
      assert.deepEqual(codes(seen), ['url check-failed', 'url check-failed', 'url downloads-not-tried'])
      assert.match(JSON.stringify(seen), /STORAGE_QUOTA_EXCEEDED/)
    } finally {
      await strict.stop()
    }
  })

  it('names settings that are a risk', async () => {
    const env = { UPLOAD_SYNC: 'never', HOST: '0.0.0.0', SCRUB_DAYS: '0', UPLOAD_IDLE_SECONDS: '5' }
    assert.deepEqual(codes(await faults([], env)), [
      'settings no-public-url',
      'settings no-scrub',
      'settings short-idle-limit',
      'settings sync-never',
    ])
  })

  it('warns of a public URL without encryption', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const seen = await faults(['--url', url], { PUBLIC_URL: 'http://files.example' })
    assert.deepEqual(codes(seen), ['settings plain-http', 'url unreachable'])
  })

  it('ends with 1 where something failed, and says it', async () => {
    const { code, stdout } = await doctor(['--url', `http://127.0.0.1:${await freePort()}`])
    assert.equal(code, 1)
    assert.match(stdout, /^failed {3}url {7}unreachable: .*ECONNREFUSED/m)
  })

  it('names a setting that cannot be read', async () => {
    const { code, stdout } = await doctor(['--json'], { PORT: 'http' })
    assert.equal(code, 1)
    assert.match(JSON.parse(stdout).findings[0].message, /^PORT must be/)
  })

  describe('with an installation that is not in order', () => {
    let folder: string
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'waybill-doctor-'))
    })
    after(() => rm(folder, { recursive: true, force: true }))

    it('finds objects that another database records', async () => {
      await doctor([])
      const seen = await faults([], { DATABASE_URL: `sqlite:${join(folder, 'other.db')}` })
      assert.deepEqual(codes(seen), ['storage foreign-storage'])
    })

    it('finds a database that a newer program has made', async () => {
      await mkdir(join(folder, 'newer'), { mode: 0o700 })
      const sqlite = new DatabaseSync(join(folder, 'newer', 'waybill.db'))
      sqlite.exec('PRAGMA user_version = 9999')
      sqlite.close()
      const seen = await faults([], { DATA_DIR: join(folder, 'newer') })
      assert.deepEqual(codes(seen), ['database database-unusable'])
      assert.match(seen[0]?.message ?? '', /use a newer program/)
    })

    it('finds a data directory that others may read or change, and the key of a first start in it', async () => {
      const open = await startApp({ isOnDisk: true })
      try {
        const env = { DATA_DIR: open.dataDir }
        assert.deepEqual(await faults([], env), [])
        for (const [mode, code] of [
          [0o755, 'others-may-read'],
          [0o750, 'others-may-read'],
          [0o733, 'others-may-write'],
          [0o770, 'others-may-write'],
        ] as const) {
          await chmod(open.dataDir, mode)
          const [seen, ...more] = await faults([], env)
          assert.deepEqual([seen?.check, seen?.code, more], ['access', code, []])
          assert.ok(seen?.message.includes(`chmod 700 ${open.dataDir}`))
        }
        await chmod(join(open.dataDir, 'waybill.db'), 0o666)
        await chmod(open.dataDir, 0o711)
        assert.deepEqual(codes(await faults([], env)), ['access others-may-read', 'access others-may-write'])
        await chmod(open.dataDir, 0o700)
        assert.deepEqual(await faults([], env), [], 'nobody comes to the file')
        await writeFile(join(open.dataDir, 'first-admin-key'), 'x', { mode: 0o600 })
        assert.deepEqual(codes(await faults([], env)), ['access first-key-kept'])
      } finally {
        await open.stop()
      }
    })

    it('finds a database that was lost beside the objects', async () => {
      await doctor([])
      const [seen] = await faults([], { DATABASE_URL: `sqlite:${join(folder, 'lost.db')}` })
      assert.match(seen?.message ?? '', /^The database has no organization, and the storage .* is lost/)
    })

    it('finds a folder that cannot be used', async () => {
      const seen = await faults([], { STORAGE_URL: 'file:///dev/null/objects' })
      assert.deepEqual(codes(seen), ['storage storage-unusable'])
    })
  })
})

describe('the check of the clock', () => {
  const CASES = [
    { offMs: 0, level: 'ok' },
    { offMs: -4_000, level: 'ok' },
    { offMs: 20_000, level: 'warning' },
    { offMs: -3_600_000, level: 'failed' },
  ]
  for (const { offMs, level } of CASES) {
    it(`says ${level} where the other one is ${offMs} ms off`, () => {
      assert.equal(compareClocks('another', 1_000_000_000, 1_000_000_000 + offMs).level, level)
    })
  }

  it('reads the clock of a server from its answer', async () => {
    const late = createServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end()
    }).listen(0, '127.0.0.1')
    await once(late, 'listening')
    const { port } = late.address() as AddressInfo
    const [seen] = await checkClock([urlClock(`http://127.0.0.1:${port}`)])
    late.close()
    assert.deepEqual([seen?.code, seen?.level], ['clock-differs', 'failed'])
  })
})

describe('the check of the disk', () => {
  const TYPES = [
    { name: 'ext4', type: 0xef53, codes: [] },
    { name: 'XFS', type: 0x58465342, codes: [] },
    { name: 'NFS', type: 0x6969, codes: ['network-file-system'] },
    { name: 'SMB', type: 0xfe534d42, codes: ['network-file-system'] },
    { name: 'tmpfs', type: TMPFS, codes: ['memory-file-system'] },
    { name: 'overlay', type: 0x794c7630, codes: ['overlay'] },
    { name: 'FUSE', type: 0x65735546, codes: ['fuse'] },
  ]
  for (const { name, type, codes } of TYPES) {
    it(`says ${codes[0] ?? 'nothing'} of ${name}`, () => {
      assert.deepEqual(
        fileSystemProblems('/data', type).map(({ code }) => code),
        codes,
      )
    })
  }

  const roomy = { bsize: 4096, blocks: 10_000_000, bavail: 5_000_000, files: 1_000_000, ffree: 500_000 }
  const SPACES = [
    { what: 'half of it is free', space: roomy, codes: [] },
    { what: 'a twentieth is free', space: { ...roomy, bavail: 500_000 }, codes: ['low-space'] },
    { what: '400 MB are free', space: { ...roomy, bavail: 100_000 }, codes: ['low-space'] },
    { what: 'inodes run out', space: { ...roomy, ffree: 10 }, codes: ['low-inodes'] },
    { what: 'inodes are made as they are needed', space: { ...roomy, files: 0, ffree: 0 }, codes: [] },
  ]
  for (const { what, space, codes } of SPACES) {
    it(`says ${codes[0] ?? 'nothing'} where ${what}`, () => {
      assert.deepEqual(
        spaceProblems('/data', space).map(({ code }) => code),
        codes,
      )
    })
  }

  it('knows a file system in memory, and leaves nothing there', async (test) => {
    const type = await statfs('/dev/shm').then(
      (facts) => facts.type,
      () => 0,
    )
    if (type !== TMPFS) return test.skip('/dev/shm is not in memory here')
    const folder = await mkdtemp('/dev/shm/waybill-doctor-')
    const seen = await checkDisk(folder)
    assert.equal(seen[0]?.code, 'memory-file-system')
    assert.deepEqual(await readdir(folder), [])
    await rm(folder, { recursive: true })
  })
})
