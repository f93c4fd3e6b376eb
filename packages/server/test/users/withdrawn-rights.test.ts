import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { defaultBucketName } from '../../src/domain/files/bucket.ts'
import { SMALL_BODY_BYTES } from '../../src/domain/uploads/small-body.ts'
import {
  resumeOrganization,
  suspendOrganization,
} from '../../src/operations/organizations/update-organization.ts'
import { sendToApi } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { formOf } from '../openai/exchange.ts'
import { createS3Client, type S3TestApp, startS3App } from '../s3/start-s3-app.ts'
import { type FixtureProvider, startFixtureProvider } from './fixture-provider.ts'
import { bearer, type MemberObject, memberToken } from './sign-in.ts'

const SMALL = Buffer.alloc(SMALL_BODY_BYTES / 2, 'x')
const LARGE = Buffer.alloc(SMALL_BODY_BYTES * 4, 'x')
const FORM = { 'content-type': 'multipart/form-data; boundary=b' }
const TUS = { 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }
const file = (bytes: Buffer) => ({ name: 'file', filename: 'a.txt', value: bytes })
const PURPOSE = { name: 'purpose', value: 'assistants' }

/** Requests that upload a file and make it. Paths are below the organization, or begin with `/v1`. */
const UPLOADS: readonly (readonly [
  what: string,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
])[] = [
  ['a small direct upload', '/files/upload', FORM, formOf([file(SMALL)], 'b')],
  ['a direct upload', '/files/upload', FORM, formOf([file(LARGE)], 'b')],
  ['an upload of the OpenAI API', '/v1/files', FORM, formOf([PURPOSE, file(LARGE)], 'b')],
  ['a small upload of tus', '/files/tus', { ...TUS, 'upload-length': `${SMALL.length}` }, SMALL],
  ['an upload of tus', '/files/tus', { ...TUS, 'upload-length': `${LARGE.length}` }, LARGE],
  ['a small upload of the IETF protocol', '/files/resumable', {}, SMALL],
  ['an upload of the IETF protocol', '/files/resumable', { 'upload-complete': '?1' }, LARGE],
]

/**
 * Sends half of a body when the service reads it. `finish` sends the rest, and returns the status; null when the service
 * closes the connection.
 */
async function holdBody(method: string, url: string, headers: Record<string, string>, body: Buffer) {
  const expecting = { ...headers, 'content-length': body.length, expect: '100-continue' }
  const outgoing = request(url, { method, headers: expecting, agent: false })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  const response = (once(outgoing, 'response') as Promise<[IncomingMessage]>).catch(() => [null])
  const half = Math.floor(body.length / 2)
  await new Promise((resolve) => outgoing.write(body.subarray(0, half), resolve))
  return {
    finish: async (): Promise<number | null> => {
      outgoing.end(body.subarray(half))
      const [incoming] = await response
      incoming?.resume()
      return incoming?.statusCode ?? null
    },
  }
}

function assertRefused(status: number | null, mayBeCut: boolean): void {
  const refusals: readonly (number | null)[] = [401, 403, 422, ...(mayBeCut ? [null] : [])]
  assert.ok(refusals.includes(status), `${status}`)
}

describe('rights that are withdrawn while a file is under way', () => {
  let app: S3TestApp
  let provider: FixtureProvider
  before(async () => {
    provider = await startFixtureProvider()
    app = await startS3App({ env: provider.env })
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })

  const newOrganization = async () => {
    const id = `org_${process.hrtime.bigint().toString(36)}`
    const { apiKey } = await app.addOrganization(id)
    const base = `/v1/organizations/${id}`
    const admin = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
      const credentials = { 'x-api-key': apiKey }
      const sent = { credentials, ...(body === undefined ? {} : { body }) }
      const answer = await sendToApi(app, method, `${base}${path}`, sent)
      assert.ok(answer.status < 300, answer.bytes.toString())
      return (answer.bytes.length === 0 ? null : json(answer)) as Body
    }
    const hold = (path: string, headers: Record<string, string>, body: Buffer) =>
      holdBody('POST', `${app.url}${path.startsWith('/v1') ? path : base + path}`, headers, body)
    const assertNothing = async () => {
      assert.equal((await admin<{ total: number }>('GET', '/files')).total, 0)
      const usage = await admin<{ storage_used_bytes: number; storage_reserved_bytes: number }>('GET', '')
      assert.deepEqual([usage.storage_used_bytes, usage.storage_reserved_bytes], [0, 0])
    }
    return { id, admin, hold, assertNothing }
  }
  type Organization = Awaited<ReturnType<typeof newOrganization>>

  const newKey = ({ admin }: Organization) =>
    admin<{ id: string; key: string }>('POST', '/api-keys', { key_name: 'Writer', scopes: ['files:write'] })

  /** Sends the rest of the body more than a second later. */
  const finishLate = async (
    t: { mock: { method: typeof import('node:test')['mock']['method'] } },
    held: Awaited<ReturnType<typeof holdBody>>,
  ) => {
    const nowMs = performance.now()
    const late = t.mock.method(performance, 'now', () => nowMs + 5000)
    const status = await held.finish()
    late.mock.restore()
    return status
  }

  for (const [what, path, headers, body] of UPLOADS) {
    for (const [how, withdraw] of [
      ['is paused', ({ admin }: Organization, id: string) => admin('POST', `/api-keys/${id}/pause`, {})],
      ['is deleted', ({ admin }: Organization, id: string) => admin('DELETE', `/api-keys/${id}`)],
    ] as const) {
      it(`leave nothing of ${what} whose key ${how}`, async (t) => {
        const organization = await newOrganization()
        const { id, key } = await newKey(organization)
        const held = await organization.hold(path, { ...bearer(key), ...headers }, body)
        await withdraw(organization, id)
        // The deletion of a key ends its upload sessions.
        assertRefused(await finishLate(t, held), how === 'is deleted')
        await organization.assertNothing()
      })
    }

    it(`leave nothing of ${what} whose user is removed`, async (t) => {
      const organization = await newOrganization()
      const name = organization.id.replace('_', '-').toLowerCase()
      const inOrganization = { context: app.context, organizationId: organization.id }
      const token = await memberToken(inOrganization, provider, name, { role: 'member' })
      await fetch(`${app.url}/v1/me`, { headers: bearer(token) })
      const held = await organization.hold(path, { ...bearer(token), ...headers }, body)
      const { members } = await organization.admin<{ members: MemberObject[] }>('GET', '/members')
      await organization.admin('DELETE', `/members/${members[0]?.id}`)
      assertRefused(await finishLate(t, held), false)
      await organization.assertNothing()
    })
  }

  for (const [how, withdraw, restore] of [
    [
      'loses its scope',
      ({ admin }: Organization, id: string) => admin('PATCH', `/api-keys/${id}`, { scopes: ['files:read'] }),
      () => {},
    ],
    [
      'has a suspended organization',
      ({ id }: Organization) => suspendOrganization(app.context, operatorCaller(id)),
      ({ id }: Organization) => resumeOrganization(app.context, operatorCaller(id)),
    ],
  ] as const) {
    it(`leave nothing of a direct upload whose key ${how}`, async (t) => {
      const organization = await newOrganization()
      const { id, key } = await newKey(organization)
      const body = formOf([file(LARGE)], 'b')
      const held = await organization.hold('/files/upload', { ...bearer(key), ...FORM }, body)
      await withdraw(organization, id)
      assert.equal(await finishLate(t, held), 403)
      await restore(organization)
      await organization.assertNothing()
    })
  }

  it('leave nothing of an object of S3', async (t) => {
    const organization = await newOrganization()
    const { id } = await newKey(organization)
    const issued = await organization.admin<Record<string, string>>('POST', `/api-keys/${id}/s3-credentials`)
    const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = issued
    const client = createS3Client(app.s3Url, { accessKeyId, secretAccessKey })
    const named = { Bucket: defaultBucketName(organization.id), Key: 'a.txt' }
    const url = await getSignedUrl(client, new PutObjectCommand(named))
    client.destroy()
    const held = await holdBody('PUT', url, {}, LARGE)
    await organization.admin('POST', `/api-keys/${id}/pause`, {})
    assert.equal(await finishLate(t, held), 403)
    await organization.assertNothing()
  })

  it('do not count for a body of less than a second', async (t) => {
    const organization = await newOrganization()
    const { id, key } = await newKey(organization)
    const nowMs = performance.now()
    t.mock.method(performance, 'now', () => nowMs)
    const body = formOf([file(SMALL)], 'b')
    const held = await organization.hold('/files/upload', { ...bearer(key), ...FORM }, body)
    await organization.admin('POST', `/api-keys/${id}/pause`, {})
    assert.equal(await held.finish(), 201)
  })
})
