import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, beforeEach, describe, it } from 'node:test'
import { eventually } from '../../../test/clients/eventually.ts'
import { BUCKET } from '../../../test/gcs/exchange.ts'
import { type GoogleFixture, startGoogleFixture } from '../../../test/gcs/google-fixture.ts'
import { createKeyFile, KEY_ACCOUNT, type KeyFile } from '../../../test/gcs/key-file.ts'
import { MACHINE_ACCOUNT } from '../../../test/gcs/machine-account.ts'
import { isSignedBy } from '../../../test/gcs/v4-signature.ts'
import type { DelegatedStorage } from '../object-storage.ts'
import { openGcsStorage } from './gcs-storage.ts'

const NAMES = ['a.txt', 'a b+c&d=e?f#g%20.txt', "(*)!'~_-.txt", 'näme 🙂 e\u0301.txt', ':@,;$[]{}|^`.txt']
const TERMS = {
  contentType: 'text/plain; charset="utf-8"',
  contentDisposition: `attachment; filename="a \\"b\\".txt"; filename*=UTF-8''n%C3%A4me%20%2B.txt`,
}

describe('a download URL of Google Cloud Storage', () => {
  let key: KeyFile
  let google: GoogleFixture
  let folder: string
  const environment = { ...process.env }

  before(async () => {
    key = await createKeyFile()
    google = await startGoogleFixture(key)
    folder = await mkdtemp(join(tmpdir(), 'waybill-signing-'))
  })
  after(async () => {
    process.env = environment
    await google.close()
    await key.remove()
    await rm(folder, { recursive: true })
  })
  beforeEach(() => {
    // Nothing that this machine has is to be found: no credentials, and no gcloud, which takes a second to start.
    process.env = { ...environment, CLOUDSDK_CONFIG: folder, HOME: folder, PATH: folder }
    delete process.env.GOOGLE_APPLICATION_CREDENTIALS
    google.mend()
  })

  const withKeyFile = () => {
    process.env.GOOGLE_APPLICATION_CREDENTIALS = key.path
  }
  /** As on a machine at Google, whose account has no key that could leave it. */
  const withMachineAccount = () => {
    process.env.GCE_METADATA_HOST = new URL(google.url).host
    process.env.METADATA_SERVER_DETECTION = 'assume-present'
  }
  /** Loading Google's libraries alone takes many seconds on a busy machine. */
  const open = (limits = { attemptMs: 60_000, deadlineMs: 120_000 }) =>
    openGcsStorage(
      { bucket: BUCKET, prefix: 'a/', emulatorUrl: google.url },
      { signingEndpoint: `${google.url}/v1/projects/-/serviceAccounts/`, limits },
    )
  const sign = async (storage: DelegatedStorage, name: string) => {
    const expiresAtSeconds = Math.floor(Date.now() / 1000) + 3600
    const object = { name, generation: '1700000000000001' }
    return new URL(await storage.downloads.url(object, { ...TERMS, expiresAtSeconds }))
  }
  const urlOf = async (name: string) => {
    const storage = await open()
    try {
      return await sign(storage, name)
    } finally {
      await storage.close()
    }
  }

  for (const [how, account, use] of [
    ['the key of a key file', KEY_ACCOUNT, withKeyFile],
    ['IAM, for the account of a machine', MACHINE_ACCOUNT, withMachineAccount],
  ] as const) {
    for (const name of NAMES) {
      it(`is signed by ${how}, as Google's algorithm says: ${name}`, async () => {
        use()
        const url = await urlOf(name)
        assert.equal(url.searchParams.get('X-Goog-Credential')?.split('/')[0], account)
        assert.equal(decodeURIComponent(url.pathname), `/${BUCKET}/a/${name}`)
        assert.equal(url.searchParams.get('response-content-type'), TERMS.contentType)
        assert.equal(url.searchParams.get('response-content-disposition'), TERMS.contentDisposition)
        assert.equal(url.searchParams.get('generation'), '1700000000000001')
        assert.ok(isSignedBy(key.publicKey, 'GET', url))
        assert.ok(!isSignedBy(key.publicKey, 'PUT', url))
        assert.ok(!isSignedBy(key.publicKey, 'GET', url, Date.now() + 3_601_000))
      })
    }
  }

  it('is asked of IAM again after a fault that passes', async () => {
    withMachineAccount()
    const isSigning = ({ url }: { url: string }) => url.endsWith(':signBlob')
    google.fail({ times: 2, matches: isSigning, how: 503 })
    assert.ok(isSignedBy(key.publicKey, 'GET', await urlOf('a.txt')))
  })

  it('leaves nothing waiting where IAM gives no answer, and asks it no more often than it says', async () => {
    withMachineAccount()
    const isSigning = ({ url }: { url: string }) => url.endsWith(':signBlob')
    const storage = await open({ attemptMs: 500, deadlineMs: 800 })
    await eventually('it has found its credentials', () => sign(storage, 'a.txt').catch(() => false as const))
    const before = google.seen().filter(isSigning).length
    google.fail({ times: 100, matches: isSigning, how: 'hang' })
    await assert.rejects(sign(storage, 'a.txt'))
    await eventually('nothing waits', () => google.hanging() === 0)
    const asked = google.seen().filter(isSigning).length - before
    assert.ok(asked >= 1 && asked <= 3, `${asked} requests`)
    await storage.close()
  })

  it('says what to grant where IAM does not sign for the account', async () => {
    withMachineAccount()
    const isSigning = ({ url }: { url: string }) => url.endsWith(':signBlob')
    google.fail({
      times: 100,
      matches: isSigning,
      how: 403,
      message: "Permission 'iam.serviceAccounts.signBlob' denied",
    })
    await assert.rejects(urlOf('a.txt'), ({ cause }: { cause: Error }) => {
      assert.match(cause.message, /grant it iam\.serviceAccounts\.signBlob on itself/)
      assert.match(cause.message, /roles\/iam\.serviceAccountTokenCreator/)
      return true
    })
  })

  it('says that there are no credentials where there are none', async () => {
    process.env.METADATA_SERVER_DETECTION = 'none'
    await assert.rejects(urlOf('a.txt'), ({ cause }: { cause: Error }) => {
      assert.match(cause.message, /does not take the credentials.*GOOGLE_APPLICATION_CREDENTIALS/)
      return true
    })
  })

  it('says so where the key file is none', async () => {
    process.env.GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'none.json')
    await assert.rejects(urlOf('a.txt'), ({ cause }: { cause: Error }) => {
      assert.match(cause.message, /does not take the credentials/)
      return true
    })
  })

  it('is made with the token of the machine, like every request but those of sessions', async () => {
    withMachineAccount()
    const before = google.seen().length
    const options = { endpoint: google.url, signingEndpoint: `${google.url}/v1/projects/-/serviceAccounts/` }
    const storage = await openGcsStorage({ bucket: BUCKET, prefix: 'b/', emulatorUrl: null }, options)
    const spec = { name: 'files/org_1/file_1/a.txt', contentType: 'text/plain' }
    const { handle } = await storage.uploads.create(
      { ...spec, name: 'b.txt' },
      { sizeBytes: 3, origin: null },
    )
    await storage.uploads.received(handle)
    await storage.uploads.cancel(handle)
    await storage.write(spec, Readable.from([Buffer.from('abc')], { objectMode: false }), 3)
    const object = (await storage.stat(spec.name)) ?? assert.fail('it was written')
    assert.equal(await text(await storage.read(spec.name)), 'abc')
    await storage.downloads.url(object, { ...TERMS, expiresAtSeconds: Math.floor(Date.now() / 1000) + 60 })
    for await (const entry of storage.inventory.list(0)) assert.equal(entry.kind, 'object')
    await storage.remove(spec.name)
    await storage.close()
    const asked = google
      .seen()
      .slice(before)
      .filter(({ url }) => !url.startsWith('/computeMetadata/'))
    const isOfSession = ({ url }: { url: string }) => url.includes('upload_id=')
    const tokens = (requests: typeof asked) => [
      ...new Set(requests.map(({ headers }) => headers.authorization)),
    ]
    assert.deepEqual(tokens(asked.filter((request) => !isOfSession(request))), ['Bearer a-token'])
    assert.deepEqual(tokens(asked.filter(isOfSession)), [undefined])
  })
})
