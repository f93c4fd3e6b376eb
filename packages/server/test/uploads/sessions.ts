import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before } from 'node:test'
import { type Caller, callerOfKey } from '../../src/domain/access/caller.ts'
import type { File } from '../../src/domain/files/file.ts'
import { createId } from '../../src/domain/ids.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import type { AppendPolicy, AppendRequest } from '../../src/operations/uploads/append-to-upload.ts'
import { cancelBySessionUri } from '../../src/operations/uploads/cancel-upload-session.ts'
import { createUploadSession } from '../../src/operations/uploads/create-upload-session.ts'
import type { HostingContext } from '../../src/operations/uploads/hosting-context.ts'
import type { SessionInput } from '../../src/operations/uploads/open-session.ts'
import { createReceiver, type ReceivePlan } from '../../src/operations/uploads/receive-upload.ts'
import type { UploadAnswer } from '../../src/operations/uploads/upload-answer.ts'
import { createInstallation, FACTS, type Installation } from '../jobs/installation.ts'

type Plan = ReceivePlan<{ kind: 'refused-by-protocol' }>

/** Protocol whose requests are plans. */
const receive = createReceiver<Plan, { kind: 'refused-by-protocol' }>((_session, plan) => plan)

export const MIB = 1024 * 1024
export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const MAX_FILE_BYTES = 1024 * MIB

/** Answer to a request, with the fields of every kind. */
export type AnyAnswer = { readonly kind: string } & {
  readonly [Field in AnswerField]?: Extract<UploadAnswer, Readonly<Record<Field, unknown>>>[Field]
}
type FieldsOf<Answer> = Answer extends unknown ? keyof Answer : never
type AnswerField = Exclude<FieldsOf<UploadAnswer>, 'kind'>

/** Opens an installation for a test file, whose sessions belong to an API key. */
export function useSessions() {
  let installation: Installation
  let context: HostingContext
  let caller: Caller
  before(async () => {
    installation = await createInstallation()
    context = {
      ...installation.context,
      limits: { ...installation.context.limits, maxFileBytes: MAX_FILE_BYTES },
    }
    caller = await newKey()
  })
  after(() => installation.close())

  const newKey = async (expiresAtMs: number | null = null) => {
    const id = createId('ak')
    const key = {
      id,
      name: id,
      prefix: 'oak',
      secretSha256: id,
      scopes: ['files:write'],
      createdBy: null,
    } as const
    const { organizationId } = installation
    const times = { createdAtMs: context.now(), expiresAtMs }
    assert.ok(await context.database.apiKeys.create(organizationId, { ...key, ...times }))
    const created = await context.database.apiKeys.find(organizationId, id)
    assert.ok(created)
    return callerOfKey(created, FACTS)
  }

  return {
    get installation() {
      return installation
    },
    get context() {
      return context
    },
    open: (input: Partial<SessionInput> = {}, by = caller) => openSession(context, by, input),
    newKey,
    usage: () => installation.usage(),
    /** Sets the quota so that `bytes` more can be used or reserved. */
    leaveRoom: async (bytes: number | null) => {
      const { used, reserved } = await installation.usage()
      const limit = bytes === null ? 'NULL' : used + reserved + bytes
      installation.tamper(`UPDATE organizations SET storage_limit_bytes = ${limit}`)
    },
  }
}

async function openSession(context: HostingContext, caller: Caller, input: Partial<SessionInput>) {
  const { session, uploadId } = await createUploadSession(context, caller, {
    filename: 'notes.txt',
    contentType: 'text/plain',
    sizeBytes: null,
    reservedBytes: 0,
    protocol: 'tus',
    registers: 'on-request',
    metadata: null,
    announced: NO_HASHES,
    checksums: [],
    fileLifetimeMs: null,
    ...input,
  })
  const requestIn = async (process: HostingContext, plan: Plan): Promise<AnyAnswer> =>
    (await receive(process, uploadId, FACTS, plan)).answer
  const request = (plan: Plan) => requestIn(context, plan)

  return {
    session,
    uploadId,
    find: async () => {
      const { organizationId, fileId } = session
      const found = await context.database.uploadSessions.findByFileId(organizationId, fileId)
      assert.ok(found)
      return found
    },
    query: (options: Partial<Extract<Plan, { kind: 'query' }>> = {}) => {
      const nothing = { hashes: NO_HASHES, totalBytes: null, completes: false, fences: false }
      return request({ kind: 'query', ...nothing, ...options })
    },
    append: (
      start: number,
      body: Buffer | Readable,
      options: Partial<AppendRequest & AppendPolicy<never>> = {},
    ) => request(appendPlan(start, body, options)),
    /** Appends in another process of the installation. */
    appendIn: (process: HostingContext, start: number, body: Buffer) =>
      requestIn(process, appendPlan(start, body, {})),
    cancel: async (): Promise<AnyAnswer> => (await cancelBySessionUri(context, uploadId, FACTS)).answer,
  }
}

/** Returns a request of the rules of tus, unless `options` say otherwise. */
function appendPlan(
  start: number,
  body: Buffer | Readable,
  options: Partial<AppendRequest & AppendPolicy<never>>,
): Plan {
  const {
    completes = 'at-length',
    overrun = 'refuse',
    overlap = 'exact',
    quantumBytes = 1,
    ...bytes
  } = options
  const isBuffer = Buffer.isBuffer(body)
  return {
    kind: 'append',
    bytes: {
      start,
      end: null,
      body: isBuffer ? bodyOf(body) : body,
      bodyBytes: isBuffer ? body.length : null,
      totalBytes: null,
      hashes: NO_HASHES,
      bodyDigest: null,
      onDurable: null,
      ...bytes,
    },
    policy: { completes, overrun, overlap, quantumBytes },
  }
}

/** Returns a body in pieces; a copy, because storage releases the buffers of a body. */
export function bodyOf(bytes: Buffer): Readable {
  const pieces: Buffer[] = []
  for (let start = 0; start < bytes.length; start += 65_536) {
    pieces.push(Buffer.from(bytes.subarray(start, start + 65_536)))
  }
  return Readable.from(pieces, { objectMode: false })
}

/** Returns a body that stays open until the test pushes null. */
export function openBody(): Readable {
  return new Readable({ read() {} })
}

export function fileOf(answer: AnyAnswer): File {
  assert.equal(answer.kind, 'object')
  assert.ok(answer.file)
  return answer.file
}
