import assert from 'node:assert/strict'
import type { Service } from '../../api/client.ts'
import { exchange, openConnection, type Request, requestHead } from '../exchange.ts'
import * as ietf from '../ietf/ietf.ts'
import { crc32c, KIB_256, someBytes } from '../session.ts'
import * as tus from '../tus/tus.ts'
import { acknowledgedBytes, PROTOCOLS, type Protocol } from './protocols.ts'
import {
  assertFile,
  assertNoFile,
  createByApi,
  createByIetf,
  createByTus,
  deleteFile,
  type Upload,
} from './uploads.ts'

/** Requests of one protocol on an upload, and then requests of another. */
export interface Row {
  readonly name: string
  /** Creates an upload and sends the requests of the first protocol. */
  first(service: Service): Promise<Upload>
  /** Sends requests of the other protocols and asserts their answers. */
  next(upload: Upload, service: Service): Promise<void>
  /** Replaces `next` after the process was killed in between; absent when the answers are the same. */
  afterKill?(upload: Upload, service: Service): Promise<void>
}

const SIZE = 300_000
const PART = 100_000
const RUNNING = 50_000
const MIB = 1024 * 1024
const object = someBytes(SIZE)
const otherCrc32c = crc32c(Buffer.from('other bytes'))

const google = (url: string, request: Request) => exchange(url, request)
const status = (url: string, total: number | '*' = '*') => google(url, { range: `bytes */${total}` })

/** Makes the first bytes durable, and sends the beginning of a request with the others. */
async function startRunning(service: Service, request: Request): Promise<Upload> {
  const upload = await createByTus(service, SIZE)
  assert.equal((await tus.patch(upload.url, 0, object.subarray(0, PART))).status, 204)
  const running = await openConnection(upload.url)
  const headers = { ...request.headers, Expect: '100-continue' }
  await running.write(requestHead(upload.url, { ...request, headers }, SIZE - PART))
  // The service asks for the body when this request is the writer of the upload.
  assert.equal((await running.answer()).status, 100)
  await running.write(object.subarray(PART, PART + RUNNING))
  return { ...upload, running }
}

const startGoogleChunk = (service: Service) =>
  startRunning(service, { range: `bytes ${PART}-${SIZE - 1}/${SIZE}` })

const startTusPatch = (service: Service) => {
  const headers = { ...tus.VERSION, ...tus.BYTES_TYPE, 'Upload-Offset': `${PART}` }
  return startRunning(service, { method: 'PATCH', headers })
}

/** Asserts that an offset counts the durable bytes, and no byte that was not sent. */
function assertRunningOffset(offset: number): void {
  assert.ok(offset >= PART && offset <= PART + RUNNING, `${offset}`)
}

/** Asserts that the upload accepts no request of any protocol. */
async function assertGone({ url }: Upload, googleStatus: number): Promise<void> {
  assert.equal((await google(url, { range: 'bytes 0-*/*', body: object })).status, googleStatus)
  assert.equal((await tus.head(url)).status, 410)
  tus.assertRefused(await tus.patch(url, 0, 'x'), 410, 'UPLOAD_SESSION_EXPIRED')
  assert.equal((await ietf.head(url)).status, 410)
  ietf.assertProblem(await ietf.patch(url, 0, false, 'x'), 410, null)
}

const SINGLE_ROWS: readonly Row[] = [
  {
    name: 'a PATCH of tus on an upload URL, then the status query of Google with the total',
    first: async (service) => {
      const upload = await createByApi(service, SIZE)
      assert.equal((await tus.patch(upload.url, 0, object.subarray(0, PART))).status, 204)
      return upload
    },
    next: async ({ url }) => {
      const answer = await status(url, SIZE)
      assert.deepEqual([answer.status, answer.headers.range], [308, `bytes=0-${PART - 1}`])
    },
  },
  {
    name: 'a creation of tus and the whole file by Google, then HEAD of tus',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      assert.equal((await google(upload.url, { range: 'bytes 0-*/*', body: object })).status, 200)
      return upload
    },
    next: async (upload, service) => {
      const { status: code, headers } = await tus.head(upload.url)
      const [offset, length] = [headers.get('upload-offset'), headers.get('upload-length')]
      assert.deepEqual([code, offset, length], [200, `${SIZE}`, `${SIZE}`])
      assert.equal(headers.get('x-waybill-file-id'), upload.fileId)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'one byte of tus, then a chunk of Google, which counts 256 KiB from its own first byte',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      assert.equal((await tus.patch(upload.url, 0, object.subarray(0, 1))).status, 204)
      return upload
    },
    next: async ({ url }) => {
      const chunk = { range: `bytes 1-${KIB_256}/*`, body: object.subarray(1, KIB_256 + 1) }
      assert.equal((await google(url, chunk)).headers.range, `bytes=0-${KIB_256}`)
    },
  },
  {
    name: 'the whole file by tus on an upload URL, then HEAD of tus and of the IETF protocol',
    first: async (service) => {
      const upload = await createByApi(service, SIZE)
      assert.equal((await tus.patch(upload.url, 0, object)).status, 204)
      return upload
    },
    next: async (upload, service) => {
      const { headers } = await tus.head(upload.url)
      const [offset, length] = [headers.get('upload-offset'), headers.get('upload-length')]
      assert.deepEqual([offset, length], [`${SIZE}`, `${SIZE}`])
      assert.equal((await ietf.head(upload.url)).headers['upload-complete'], '?1')
      // A client registers it, and until then it expires.
      assert.ok(headers.get('upload-expires'))
      await assertNoFile(service, upload)
    },
  },
  {
    name: 'an incomplete creation of the IETF protocol with its length, then HEAD and PATCH of tus',
    first: (service) =>
      createByIetf(service, { 'Upload-Length': `${MIB + SIZE}` }, largeObject.subarray(0, MIB)),
    next: async (upload, service) => {
      const { headers } = await tus.head(upload.url)
      const [offset, length] = [headers.get('upload-offset'), headers.get('upload-length')]
      assert.deepEqual([offset, length], [`${MIB}`, `${MIB + SIZE}`])
      await completeByTus(upload, service)
    },
  },
  {
    name: 'an incomplete creation of the IETF protocol without a length, then HEAD and PATCH of tus',
    first: (service) => createByIetf(service, {}, largeObject.subarray(0, MIB)),
    next: async (upload, service) => {
      const { headers } = await tus.head(upload.url)
      const [offset, deferred] = [headers.get('upload-offset'), headers.get('upload-defer-length')]
      assert.deepEqual([offset, deferred], [`${MIB}`, '1'])
      await completeByTus(upload, service, { 'Upload-Length': `${MIB + SIZE}` })
    },
  },
  {
    name: 'a running chunk of Google, then HEAD and PATCH of the IETF protocol',
    first: startGoogleChunk,
    next: async (upload, service) => {
      const answer = await ietf.head(upload.url)
      const offset = Number(answer.headers['upload-offset'])
      assertRunningOffset(offset)
      await upload.running?.closed()
      assert.equal((await ietf.patch(upload.url, offset, true, object.subarray(offset))).status, 201)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'a running PATCH of tus, then the status query of Google, which does not end it',
    first: startTusPatch,
    next: async (upload, service) => {
      assertRunningOffset(acknowledgedBytes(await status(upload.url)))
      await upload.running?.write(object.subarray(PART + RUNNING))
      assert.equal((await upload.running?.answer())?.status, 204)
      await assertFile(service, upload, object)
    },
    afterKill: async (upload, service) => {
      const offset = acknowledgedBytes(await status(upload.url))
      assertRunningOffset(offset)
      assert.equal((await tus.patch(upload.url, offset, object.subarray(offset))).status, 204)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'a running PATCH of tus, then HEAD of tus and the rest by Google',
    first: startTusPatch,
    next: async (upload, service) => {
      const offset = await tus.offsetOf(upload.url)
      assertRunningOffset(offset)
      await upload.running?.closed()
      const rest = { range: `bytes ${offset}-*/*`, body: object.subarray(offset) }
      assert.equal((await google(upload.url, rest)).status, 200)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'a malformed range of Google, then every protocol',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      assert.equal((await google(upload.url, { range: 'nonsense', body: object })).status, 400)
      return upload
    },
    next: (upload) => assertGone(upload, 410),
  },
  {
    name: 'DELETE of tus, then every protocol',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      await tus.patch(upload.url, 0, object.subarray(0, PART))
      assert.equal((await tus.send(upload.url, 'DELETE')).status, 204)
      return upload
    },
    next: async (upload) => {
      await assertGone(upload, 499)
      tus.assertRefused(await tus.send(upload.url, 'DELETE'), 410, 'UPLOAD_SESSION_EXPIRED')
    },
  },
  {
    name: 'DELETE of Google, then every protocol',
    first: async (service) => {
      const upload = await createByIetf(service, {}, object.subarray(0, PART))
      assert.equal((await google(upload.url, { method: 'DELETE' })).status, 499)
      return upload
    },
    next: (upload) => assertGone(upload, 499),
  },
  {
    name: 'DELETE of the IETF protocol, then every protocol',
    first: async (service) => {
      const upload = await createByApi(service, SIZE)
      const marked = { 'Upload-Draft-Interop-Version': '8' }
      assert.equal((await ietf.exchange(upload.url, 'DELETE', marked)).status, 204)
      return upload
    },
    next: (upload) => assertGone(upload, 499),
  },
  {
    name: 'ten bytes of tus without a length, then the other ten of Google with the total',
    first: startDeferred,
    next: async (upload, service) => {
      const rest = { range: 'bytes 10-19/20', body: object.subarray(10, 20) }
      assert.equal((await google(upload.url, rest)).status, 200)
      assert.equal((await tus.head(upload.url)).headers.get('upload-length'), '20')
      await assertFile(service, upload, object.subarray(0, 20))
    },
  },
  {
    name: 'ten bytes of tus without a length, then a body of Google whose end is the end of the upload',
    first: startDeferred,
    next: async (upload, service) => {
      const rest = { range: 'bytes 0-*/*', body: object, transfer: 'chunked' } as const
      assert.equal((await google(upload.url, rest)).status, 200)
      assert.equal((await ietf.head(upload.url)).headers['upload-length'], `${SIZE}`)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'ten bytes of tus without a length, then an empty end of the IETF protocol',
    first: startDeferred,
    next: async (upload, service) => {
      assert.equal((await ietf.patch(upload.url, 10, true)).status, 201)
      assert.equal((await tus.head(upload.url)).headers.get('upload-length'), '10')
      await assertFile(service, upload, object.subarray(0, 10))
    },
  },
  {
    name: 'a checksum in X-Goog-Hash, then other bytes of tus',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      const answer = await google(upload.url, {
        range: `bytes 0-${KIB_256 - 1}/*`,
        headers: { 'X-Goog-Hash': `crc32c=${otherCrc32c}` },
        body: object.subarray(0, KIB_256),
      })
      assert.equal(answer.status, 308, answer.body)
      return upload
    },
    next: async (upload, service) => {
      const answer = await tus.patch(upload.url, KIB_256, object.subarray(KIB_256))
      tus.assertRefused(answer, 422, 'CHECKSUM_MISMATCH')
      await assertGone(upload, 410)
      await assertNoFile(service, upload)
    },
  },
  {
    name: 'a checksum in Repr-Digest, then other bytes of Google',
    first: (service) => {
      const digest = { 'Repr-Digest': `crc32c=:${otherCrc32c}:`, 'Upload-Length': `${SIZE}` }
      return createByIetf(service, digest, object.subarray(0, PART))
    },
    next: async (upload, service) => {
      const rest = { range: `bytes ${PART}-*/*`, body: object.subarray(PART) }
      const answer = await google(upload.url, rest)
      assert.equal(answer.status, 400, answer.body)
      assert.match(
        JSON.parse(answer.body).error.message,
        /^Provided CRC32C ".+" doesn't match calculated CRC32C/,
      )
      await assertGone(upload, 410)
      await assertNoFile(service, upload)
    },
  },
  {
    name: 'a complete upload of tus whose File is deleted, then every protocol',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      assert.equal((await tus.patch(upload.url, 0, object)).status, 204)
      await deleteFile(service, upload)
      return upload
    },
    next: async ({ url }) => {
      assert.equal((await tus.head(url)).status, 404)
      assert.equal((await ietf.head(url)).status, 404)
      assert.equal((await status(url)).status, 404)
    },
  },
  {
    name: 'all bytes of the IETF protocol without its end, then HEAD of tus, which waits for the end',
    first: async (service) => createByIetf(service, { 'Upload-Length': `${SIZE}` }, object),
    next: async (upload, service) => {
      assert.equal(await tus.offsetOf(upload.url), SIZE)
      await assertNoFile(service, upload)
      assert.equal((await ietf.patch(upload.url, SIZE, true)).status, 201)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'all bytes of the IETF protocol without its end, then an empty chunked PATCH of tus, which completes them',
    first: async (service) => createByIetf(service, { 'Upload-Length': `${SIZE}` }, object),
    next: async (upload, service) => {
      const answer = await tus.patch(upload.url, SIZE, '', {}, { transfer: 'chunked' })
      assert.equal(answer.status, 204, answer.body)
      await assertFile(service, upload, object)
    },
  },
  {
    name: 'a small chunk of Google, which only Google refuses from then on, then PATCH of the others',
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      const small = { range: 'bytes 0-9/*', body: object.subarray(0, 10) }
      assert.equal((await google(upload.url, small)).status, 400)
      return upload
    },
    next: async (upload, service) => {
      const chunk = { range: `bytes 0-${KIB_256 - 1}/*`, body: object.subarray(0, KIB_256) }
      assert.equal((await google(upload.url, chunk)).status, 400)
      assert.equal((await ietf.patch(upload.url, 0, false, object.subarray(0, PART))).status, 204)
      assert.equal((await tus.patch(upload.url, PART, object.subarray(PART))).status, 204)
      await assertFile(service, upload, object)
    },
  },
]

/** Rows in which one protocol confirms bytes, and another one tells the offset and completes the upload. */
const CONFIRMED_ROWS: readonly Row[] = PROTOCOLS.flatMap((by) =>
  PROTOCOLS.filter((other) => other !== by).map((other) => confirmedRow(by, other)),
)

export const ROWS: readonly Row[] = [...SINGLE_ROWS, ...CONFIRMED_ROWS]

const largeObject = someBytes(MIB + SIZE, 'large')

function confirmedRow(by: Protocol, other: Protocol): Row {
  return {
    name: `bytes that ${by.name} confirmed, then the offset and the rest by ${other.name}`,
    first: async (service) => {
      const upload = await createByTus(service, SIZE)
      await by.append(upload.url, object, 0, KIB_256)
      return upload
    },
    next: async (upload, service) => {
      assert.equal(await other.offset(upload.url), KIB_256)
      await other.complete(upload.url, object, KIB_256)
      await assertFile(service, upload, object)
    },
  }
}

async function startDeferred(service: Service): Promise<Upload> {
  const upload = await createByTus(service, null)
  assert.equal((await tus.patch(upload.url, 0, object.subarray(0, 10))).status, 204)
  return upload
}

/** Sends the bytes of the large object after the first MiB, which complete the upload in every protocol. */
async function completeByTus(
  upload: Upload,
  service: Service,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const answer = await tus.patch(upload.url, MIB, largeObject.subarray(MIB), headers)
  assert.equal(answer.status, 204, answer.body)
  assert.equal((await ietf.head(upload.url)).headers['upload-complete'], '?1')
  await assertFile(service, upload, largeObject)
}
