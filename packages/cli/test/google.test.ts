import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { createApi } from '../../server/test/clients/api.ts'
import type { Seen } from '../../server/test/gcs/exchange.ts'
import { type GoogleServer, PREFIX, startGoogleApp } from '../../server/test/gcs/google-server.ts'
import type { TestApp } from '../../server/test/start-app.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { runInProcess } from './run-in-process.ts'

const ORIGIN = 'https://app.example.com'
const TWO_DAYS_MS = 2 * 24 * 60 * 60 * 1000

describe('the command line, with the objects at Google', () => {
  let all: GoogleServer<TestApp>
  const api = createApi(() => all.server)

  before(async () => {
    all = await startGoogleApp({ CORS_ORIGINS: ORIGIN })
  })
  after(() => all?.stop())
  afterEach(() => {
    all.google.mend()
    all.google.allowOrigins([ORIGIN])
  })

  const waybill = (args: readonly string[], env: Record<string, string> = {}) =>
    runInProcess(args, { ...all.env, DATA_DIR: all.server.dataDir, ...env })
  const faults = async (env: Record<string, string> = {}) => {
    const { stdout } = await waybill(['doctor', '--url', all.server.url, '--json'], env)
    const findings: Finding[] = JSON.parse(stdout).findings
    return findings.filter(
      ({ check, code, level }) =>
        level !== 'ok' && !['disk', 'settings'].includes(check) && code !== 'slow-database',
    )
  }

  describe('waybill doctor', () => {
    it('finds nothing where nothing is wrong, and leaves nothing behind', async () => {
      all.google.allowOrigins([ORIGIN])
      const before = all.google.bucket.names().filter((name) => !name.includes('.waybill'))
      assert.deepEqual(await faults(), [])
      const after = all.google.bucket.names().filter((name) => !name.includes('.waybill'))
      assert.deepEqual(after, before)
      const { stdout } = await waybill(['doctor'])
      assert.match(stdout, /^ok {7}provider {2}A direct upload to the provider .* also from pages of https:/m)
    })

    it('names a page that may call the API and cannot read downloads', async () => {
      all.google.allowOrigins([])
      const [fault, ...others] = await faults()
      assert.deepEqual(others, [])
      assert.equal(fault?.code, 'provider-download-cors')
      assert.match(fault.message, /https:\/\/app\.example\.com .*gcloud storage buckets update --cors-file/)
    })

    const refusals: readonly [string, (seen: Seen) => boolean, RegExp][] = [
      [
        'making',
        ({ method, url }) => method === 'POST' && url.includes('doctor'),
        /grant it storage\.objects\.create on the bucket/,
      ],
      ['reading', ({ url }) => /doctor.*alt=media/.test(url), /grant it storage\.objects\.get on the bucket/],
      ['deleting', ({ method }) => method === 'DELETE', /grant it storage\.objects\.delete on the bucket/],
    ]
    for (const [what, matches, sentence] of refusals) {
      it(`says what to grant where ${what} objects is refused`, async () => {
        all.google.fail({ times: 100, matches, how: 403, message: 'no access' })
        const found = await faults()
        assert.ok(
          found.some(({ level, message }) => level === 'failed' && sentence.test(message)),
          JSON.stringify(found),
        )
      })
    }

    it('says that there is no such bucket', async () => {
      const [fault] = (await faults({ STORAGE_URL: 'gs://another-bucket' })).filter(
        ({ check }) => check === 'storage',
      )
      assert.match(fault?.message ?? '', /the bucket another-bucket does not exist .*correct STORAGE_URL/)
    })
  })

  it('reads everything again when it is asked to, and names what is damaged', async () => {
    const ticket = await api.uploadUrl('a.bin', 2_000_000)
    await fetch(ticket.upload_url, { method: 'PUT', body: randomBytes(2_000_000) })
    await api.register(ticket, 'a.bin', 2_000_000)
    assert.match((await waybill(['scrub'])).stdout, / 0 damaged\./)
    const { bytes } = all.google.bucket.get(PREFIX + ticket.gcs_path) ?? assert.fail('it is there')
    bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1
    const { code, stdout } = await waybill(['scrub'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      new RegExp(`^damaged  .*${ticket.file_id}/a\\.bin": the downloaded bytes do not match`, 'm'),
    )
    await api.call('DELETE', `/files/${ticket.file_id}`)
  })

  describe('waybill sweep', () => {
    const addOrphan = (name: string) => {
      const createdAtMs = Date.now() - TWO_DAYS_MS
      const metadata = {
        ...{ name: PREFIX + name, contentType: 'text/plain', sizeBytes: 1, crc32c: 'AAAAAA==' },
        ...{ md5: null, sha256: null, generation: String(createdAtMs * 1000), createdAtMs },
      }
      all.google.bucket.add({ metadata, bytes: Buffer.alloc(1) })
      return () => all.google.bucket.get(PREFIX + name) !== null
    }
    const facts = { sizeBytes: 1000, filename: 'a.bin' }
    const storeFile = async () => {
      const ticket = await api.uploadUrl(facts.filename, facts.sizeBytes)
      await fetch(ticket.upload_url, { method: 'PUT', body: randomBytes(facts.sizeBytes) })
      return ticket
    }

    it('reports what no record explains in a dry run, and removes it when it is asked to', async () => {
      const registered = await storeFile()
      await api.register(registered, facts.filename, facts.sizeBytes)
      const unregistered = await storeFile()
      const isThere = addOrphan('files/org_1/file_stray/a.txt')
      const dry = await waybill(['sweep', '--dry-run'])
      assert.match(
        dry.stdout,
        /would remove {2}object {2}"files\/org_1\/file_stray\/a\.txt": no record explains it/,
      )
      assert.match(dry.stdout, /^1 finding, nothing was changed/m)
      assert.ok(isThere())
      const real = await waybill(['sweep'])
      assert.match(real.stdout, /^removed {2}object/m)
      assert.equal(isThere(), false)
      for (const { gcs_path } of [registered, unregistered])
        assert.ok(all.google.bucket.get(PREFIX + gcs_path))
    })

    it('leaves another installation alone whose prefix lies inside its own', async () => {
      const inner = 'inner/files/org_1/file_stray/a.txt'
      const isThere = addOrphan(inner)
      assert.match((await waybill(['sweep'])).stdout, /found {2}foreign-object {2}"inner\/files/)
      assert.ok(isThere())
      all.google.bucket.delete(PREFIX + inner)
    })

    it('comes to what is its own behind any number of objects of others, and reports those in one line', async () => {
      const count = 1500
      const others = Array.from({ length: count }, (_, index) => `backup/${String(index).padStart(4, '0')}`)
      for (const name of others) addOrphan(name)
      const isThere = addOrphan('files/org_1/file_behind/a.txt')
      const { stdout } = await waybill(['sweep'])
      for (const name of others) all.google.bucket.delete(PREFIX + name)
      assert.equal(isThere(), false)
      const lines = stdout.split('\n').filter((line) => line.includes('backup/'))
      assert.equal(lines.length, 1)
      assert.match(
        lines[0] ?? '',
        /"backup\/0000": .*; the same applies to 1499 more, for example "backup\/0001", /,
      )
    })

    it('reports a file whose object is gone', async () => {
      const ticket = await storeFile()
      await api.register(ticket, facts.filename, facts.sizeBytes)
      all.google.bucket.delete(PREFIX + ticket.gcs_path)
      const { stdout } = await waybill(['sweep', '--dry-run'])
      assert.match(stdout, new RegExp(`found {2}missing-object .*${ticket.file_id}`))
      await api.call('DELETE', `/files/${ticket.file_id}`)
    })

    it('looks at nothing in a bucket of another installation', async () => {
      const { stdout } = await waybill(['sweep', '--dry-run'], { DATABASE_URL: 'sqlite::memory:' })
      assert.match(stdout, /found {2}foreign-storage/)
    })
  })
})
