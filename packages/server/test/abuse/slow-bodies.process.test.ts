import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createCaller } from '../caller.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { createJsonApi } from './json-api.ts'
import { residentBytes } from './resident-bytes.ts'
import { openSlowBodies } from './slow-bodies.ts'

/** Number of kinds that the long mode tests separately, with more connections. */
const KINDS_BY_THEMSELVES = Number(process.env.ABUSE_EACH_KIND ?? 0)
const IS_LONG = KINDS_BY_THEMSELVES > 0
const CONNECTIONS = IS_LONG ? 1500 : 400

const MIB = 1024 * 1024
const ANNOUNCED_BYTES = MIB
const PROMPT_BYTES = 256 * 1024
/**
 * Memory limit. Connections take up to 65 MiB and 25 MiB, the most on a busy machine, where garbage is collected late. If
 * the server kept what they send, they would take 375 MiB and 100 MiB.
 */
const MAX_GROWTH_BYTES = IS_LONG ? 128 * MIB : 64 * MIB
/** Memory limit for as many running uploads. */
const MAX_UPLOADS_BYTES = 300 * MIB
/** Time within which the server closes every connection that sends no file: 20 seconds at most, and more on a busy machine. */
const GONE_WITHIN_MS = 90_000
/** Duration of the uploads: longer than the time limit of other bodies. */
const UPLOADS_LAST_MS = 17_000
/** Idle timeout that no upload reaches, even when this process opens the connections slowly on a busy machine. */
const LONG_IDLE = { UPLOAD_IDLE_SECONDS: '900' }
const HONEST_CLIENTS = 500
/** Multipart uploads of one organization: fewer than it may have whose next part the server waits for. */
const FORMS_PER_ORGANIZATION = 125
const LOOK_EVERY_MS = 200

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'

interface Kind {
  readonly title: string
  /** Returns the head of a request to this server, and the first bytes of its body. */
  readonly head: (server: TestServer) => string
  /** Expected statuses. */
  readonly statuses: readonly number[]
}

const JSON_TYPE = 'Content-Type: application/json'
const MULTIPART_TYPE = 'Content-Type: multipart/form-data; boundary=x'
const FILE_PART = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
const SESSION = '/upload/storage/v1/b/waybill/o'
const TUS_BYTES = ['Tus-Resumable: 1.0.0', 'Content-Type: application/offset+octet-stream']
const IETF_BYTES = ['Upload-Complete: ?1', 'Content-Type: application/partial-upload']

const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: a.example', `Content-Length: ${ANNOUNCED_BYTES}`, ...headers, '', ''].join(
    '\r\n',
  )
type Organization = Pick<TestServer, 'organizationId' | 'apiKey'>
const files = ({ organizationId }: Organization) => `/v1/organizations/${organizationId}/files`
const key = ({ apiKey }: Organization) => `X-API-Key: ${apiKey}`
const multipart = (organization: Organization, start: string) =>
  head(`POST ${files(organization)}/upload`, MULTIPART_TYPE, key(organization)) + start

const WITHOUT_A_KEY: readonly Kind[] = [
  { title: 'an unknown URL', head: () => head('POST /nowhere', JSON_TYPE), statuses: [404] },
  { title: 'a URL that cannot be read', head: () => head('POST /%zz', JSON_TYPE), statuses: [404] },
  { title: 'a wrong method', head: (server) => head(`PUT ${files(server)}`, JSON_TYPE), statuses: [405] },
  { title: 'a known URL', head: (server) => head(`POST ${files(server)}`, JSON_TYPE), statuses: [401] },
  { title: 'a body that is not asked for', head: () => head('GET /v1/health', JSON_TYPE), statuses: [200] },
  { title: 'an unknown session', head: () => head(`PUT ${SESSION}?upload_id=none`), statuses: [404] },
  {
    title: 'an unknown session of tus',
    head: () => head(`PATCH ${SESSION}?upload_id=none`, ...TUS_BYTES, 'Upload-Offset: 0'),
    statuses: [404],
  },
  {
    title: 'an unknown session of the IETF protocol',
    head: () => head(`PATCH ${SESSION}?upload_id=none`, ...IETF_BYTES, 'Upload-Offset: 0'),
    statuses: [404],
  },
  {
    title: 'a creation with tus',
    head: (server) => head(`POST ${files(server)}/tus`, ...TUS_BYTES, `Upload-Length: ${ANNOUNCED_BYTES}`),
    statuses: [401],
  },
  {
    title: 'a creation of the IETF protocol',
    head: (server) => head(`POST ${files(server)}/resumable`, ...IETF_BYTES),
    statuses: [401],
  },
  {
    title: 'multipart',
    head: (server) => head(`POST ${files(server)}/upload`, MULTIPART_TYPE),
    statuses: [401],
  },
  { title: 'a head', head: () => 'GET /v1/health HTTP/1.1\r\nX: ', statuses: [408] },
  { title: 'no byte', head: () => '', statuses: [400] },
  { title: 'what is no HTTP', head: () => 'no HTTP\r\n\r\n', statuses: [400] },
]
const WITH_A_KEY: readonly Kind[] = [
  {
    title: 'JSON',
    head: (server) => head(`POST ${files(server)}`, JSON_TYPE, key(server)),
    statuses: [408, 503],
  },
]
const IN_PARTS: readonly Kind[] = [
  { title: 'what comes before a part', head: (server) => multipart(server, ''), statuses: [408, 503] },
  { title: 'the head of a part', head: (server) => multipart(server, '--x\r\nX: '), statuses: [408, 503] },
  {
    title: 'a field',
    head: (server) => multipart(server, '--x\r\nContent-Disposition: form-data; name="crc32c"\r\n\r\n'),
    statuses: [400, 408, 422, 503],
  },
]

const each = (kinds: readonly Kind[]) => kinds.map((kind) => [kind])
const GROUPS: readonly (readonly Kind[])[] = IS_LONG
  ? each([...WITHOUT_A_KEY, ...WITH_A_KEY, ...IN_PARTS]).slice(-KINDS_BY_THEMSELVES)
  : [WITHOUT_A_KEY, WITH_A_KEY]

describe(`${CONNECTIONS} connections that announce 1 MiB and send it slowly`, { skip }, () => {
  for (const kinds of GROUPS) {
    it(`take little memory, and are closed: ${kinds.map(({ title }) => title).join(', ')}`, () =>
      withServer(async (server) => {
        // Honest clients use their key first, so that the memory for that is not measured.
        // Clients without a key meet a server that has just started.
        if (kinds !== GROUPS[0]) await serveHonestClients(server)
        const kindOf = (index: number) => kinds[index % kinds.length] as Kind
        const {
          openCount,
          statuses: answered,
          growthBytes,
        } = await sendSlowly(server, GONE_WITHIN_MS, (index) => kindOf(index).head(server))
        assert.equal(openCount, 0, 'connections are left')
        for (const [index, status] of answered.entries()) {
          const { title, statuses } = kindOf(index)
          // A client that keeps sending may lose the answer.
          assert.ok(status === null || statuses.includes(status), `${title} was answered ${status}`)
        }
        assert.ok(growthBytes <= MAX_GROWTH_BYTES, `${Math.round(growthBytes / MIB)} MiB more`)
      }))
  }

  it('do not affect honest clients of one organization that send concurrently', () =>
    withServer(async (server) => {
      assert.equal((await openSessions(server, HONEST_CLIENTS)).length, HONEST_CLIENTS)
    }))

  it('take little memory and are not closed when they send files', () =>
    withServer(async (server) => {
      const sessions = await openSessions(server, CONNECTIONS / 2)
      const organizations = await addOrganizations(server, CONNECTIONS / 2 / FORMS_PER_ORGANIZATION)
      const form = (index: number) =>
        multipart(organizations[index % organizations.length] ?? server, FILE_PART)
      const { openCount, statuses, growthBytes } = await sendSlowly(server, UPLOADS_LAST_MS, (index) =>
        index < sessions.length ? head(`PUT ${sessions[index]}`) : form(index),
      )
      const answered = new Set(statuses.filter((status) => status !== null))
      assert.equal(openCount, CONNECTIONS, `answered with ${[...answered].join(', ') || 'nothing'}`)
      assert.ok(growthBytes <= MAX_UPLOADS_BYTES, `${Math.round(growthBytes / MIB)} MiB more`)
    }, LONG_IDLE))
})

interface Outcome {
  /** Number of connections that the server has not closed. */
  readonly openCount: number
  readonly statuses: readonly (number | null)[]
  /** Peak memory growth of the server. */
  readonly growthBytes: number
}

async function withServer(
  work: (server: TestServer) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  const server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: '0', ...env } })
  try {
    await work(server)
  } finally {
    await server.stop()
  }
}

async function serveHonestClients(server: TestServer): Promise<void> {
  const caller = createCaller()
  const api = createJsonApi(server, caller)
  await Promise.all(Array.from({ length: CONNECTIONS }, () => api('GET', '/files', 200)))
  caller.close()
}

/** Sends until the server has closed every connection or the time is over, and checks that others are served. */
async function sendSlowly(
  server: TestServer,
  timeMs: number,
  headOf: (index: number) => string,
): Promise<Outcome> {
  const beforeBytes = await residentBytes(server.pid)
  const port = Number(new URL(server.url).port)
  const bodies = await openSlowBodies(port, CONNECTIONS, headOf, PROMPT_BYTES)
  const deadlineMs = Date.now() + timeMs
  let peakBytes = 0
  try {
    while (bodies.open() > 0 && Date.now() < deadlineMs) {
      peakBytes = Math.max(peakBytes, await residentBytes(server.pid))
      await pause(LOOK_EVERY_MS)
    }
    const other = createCaller()
    await createJsonApi(server, other)('GET', '/files', 200)
    other.close()
    const growthBytes = peakBytes - beforeBytes
    const ms = timeMs - (deadlineMs - Date.now())
    console.log(
      `slow bodies: ${Math.round(growthBytes / MIB)} MiB more, ${bodies.open()} left after ${ms} ms`,
    )
    return { openCount: bodies.open(), statuses: bodies.statuses(), growthBytes }
  } finally {
    bodies.stop()
  }
}

async function addOrganizations(server: TestServer, minCount: number): Promise<Organization[]> {
  const organizations: Organization[] = []
  while (organizations.length < minCount) {
    organizations.push(await server.addOrganization(`org_forms${organizations.length}`))
  }
  return organizations
}

/** Opens sessions concurrently. */
async function openSessions(server: TestServer, count: number): Promise<string[]> {
  const caller = createCaller()
  const api = createJsonApi(server, caller)
  const declared = { filename: 'a.bin', file_size: ANNOUNCED_BYTES, mime_type: 'application/octet-stream' }
  const sessions = await Promise.all(
    Array.from({ length: count }, async () => {
      const { upload_url } = await api('POST', '/files/upload-url', 200, declared)
      const { pathname, search } = new URL(upload_url)
      return pathname + search
    }),
  )
  caller.close()
  return sessions
}
