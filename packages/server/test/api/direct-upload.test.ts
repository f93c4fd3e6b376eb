import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { updateOrganization } from '../../src/operations/organizations/update-organization.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import { padDelimiters, SPOILED_FORMS } from '../spoiled-forms.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject } from './client.ts'
import { assertError } from './envelope.ts'
import { json } from './exchange.ts'

const MAX_BYTES = 2_000_000
const BOUNDARY = 'waybill-test-boundary'
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
const NOTE = Buffer.from('a short note\n')

interface Part {
  readonly name: string
  /** Name of the file; null for a plain field. */
  readonly filename: string | null
  readonly type?: string
  readonly bytes: Buffer
}

const file = (filename: string, bytes: Buffer, type = 'text/plain', name = 'file'): Part => ({
  name,
  filename,
  type,
  bytes,
})
const files = (filename: string, bytes: Buffer, type?: string) => file(filename, bytes, type, 'files')
const field = (name: string, value: string): Part => ({ name, filename: null, bytes: Buffer.from(value) })

function bodyOf(parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap(({ name, filename, type, bytes }) => [
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(filename === null ? '' : `; filename="${filename}"`),
    Buffer.from(type === undefined ? '\r\n\r\n' : `\r\nContent-Type: ${type}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)])
}

describe('POST /files/upload', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    const env = {
      DIRECT_UPLOAD_MAX_BYTES: String(MAX_BYTES),
      ALLOWED_MIME_TYPES: 'text/*, image/png, application/pdf',
    }
    server = await startApp({ env })
    client = createClient(server)
  })
  after(() => server.stop())

  const send = (parts: readonly Part[]) => client.post('/files/upload', bodyOf(parts), { headers: MULTIPART })
  const total = async () => json<{ total: number }>(await client.get('/files')).total

  it('creates a File of one part named file', async () => {
    const answer = await send([file('größe 🙂.txt', NOTE)])
    assert.equal(answer.status, 201)
    const made = json<FileObject>(answer)
    assert.equal(made.original_filename, 'größe 🙂.txt')
    assert.equal(made.file_size, NOTE.length)
    assert.equal(made.mime_type, 'text/plain')
    assert.equal(made.crc32c, crc32cToBase64(crc32c(NOTE)))
    assert.deepEqual(json(await client.get(`/files/${made.id}`)), made)
    const { download_url } = await client.content(made.id)
    assert.equal(await (await fetch(download_url)).text(), NOTE.toString())
  })

  it('answers one part named files with a list and the fields of the File', async () => {
    const { files: list, ...rest } = json<FileObject & { files: FileObject[] }>(
      await send([files('a.txt', NOTE)]),
    )
    assert.deepEqual(list, [rest])
  })

  it('answers several parts named files with a list in their order', async () => {
    const answer = await send([files('b.txt', NOTE), files('c.png', PNG, 'image/png')])
    const body = json<{ files: FileObject[] }>(answer)
    assert.deepEqual(Object.keys(body), ['files'])
    const names = body.files.map((one) => one.original_filename)
    assert.deepEqual(names, ['b.txt', 'c.png'])
  })

  it('accepts a file of exactly the limit, and computes checksums of each', async () => {
    const bytes = Buffer.alloc(MAX_BYTES, 'x')
    const sums = [bytes, NOTE].map((one) => field('crc32c', crc32cToBase64(crc32c(one))))
    const answer = await send([files('limit.txt', bytes), files('note.txt', NOTE), ...sums])
    assert.equal(answer.status, 201)
  })

  it('treats files[] like files, and keeps only the last part of a path as the file name', async () => {
    const body = json<{ files: FileObject[] }>(
      await send([
        file('docs/a.txt', NOTE, 'text/plain', 'files[]'),
        file('C:\\docs\\b.txt', NOTE, 'text/plain', 'files'),
        file('../c.txt', NOTE, 'text/plain', 'files[]'),
      ]),
    )
    const names = body.files.map((one) => one.original_filename)
    assert.deepEqual(names, ['a.txt', 'b.txt', 'c.txt'])
  })

  it('ignores unknown fields and parts in any position', async () => {
    const unknown = [
      field('colour', 'red'),
      field('__proto__', 'x'),
      file('other.bin', Buffer.alloc(300_000), 'image/png', 'thumbnail'),
    ]
    const answer = await send([...unknown, file('a.txt', NOTE), ...unknown])
    assert.equal(answer.status, 201)
    assert.equal(json<FileObject>(answer).original_filename, 'a.txt')
  })

  it('accepts an empty file of any type, which downloads as zero bytes', async () => {
    const empty = [
      files('__init__.py', Buffer.alloc(0), 'text/x-python'),
      files('a.png', Buffer.alloc(0), 'image/png'),
    ]
    const answer = await send(empty)
    assert.equal(answer.status, 201, answer.bytes.toString())
    for (const made of json<{ files: FileObject[] }>(answer).files) {
      assert.deepEqual([made.file_size, made.crc32c], [0, 'AAAAAA=='])
      const { download_url } = await client.content(made.id)
      const download = await fetch(download_url)
      assert.deepEqual([download.status, (await download.arrayBuffer()).byteLength], [200, 0])
      assert.equal((await client.del(`/files/${made.id}`)).status, 204)
    }
  })

  describe('of a part without a Content-Type', () => {
    const ZIP = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
    const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n')
    const types: readonly [what: string, filename: string, bytes: Buffer, type: string][] = [
      ['its signature', 'a', PNG, 'image/png'],
      ['its signature, not its extension', 'a.txt', PNG, 'image/png'],
      ['its signature as PDF', 'report.bin', PDF, 'application/pdf'],
      ['its extension', 'a.csv', Buffer.from('a,b\n'), 'text/csv'],
      ['its extension in capitals', 'A.CSV', Buffer.from('a,b\n'), 'text/csv'],
      ['valid text', 'a', NOTE, 'text/plain'],
      ['valid text, since its extension cannot be right', 'a.png', NOTE, 'text/plain'],
      ['no byte, as text', 'a', Buffer.alloc(0), 'text/plain'],
    ]
    for (const [what, filename, bytes, type] of types) {
      it(`detects the type by ${what}`, async () => {
        const answer = await send([{ name: 'file', filename, bytes }])
        assert.equal(answer.status, 201, answer.bytes.toString())
        const made = json<FileObject>(answer)
        assert.equal(made.mime_type, type)
        const { mime_type, download_url } = await client.content(made.id)
        const served = (await fetch(download_url)).headers.get('content-type')
        assert.deepEqual([mime_type, served?.split(';')[0]], [type, type])
      })
    }

    for (const [what, bytes] of [
      ['a type that is not allowed', ZIP],
      ['unknown bytes', Buffer.from([0, 1, 2, 250])],
    ] as const) {
      it(`refuses ${what}, which are detected only then`, async () => {
        const before = await total()
        assertError(await send([{ name: 'file', filename: 'a', bytes }]), 415, 'UNSUPPORTED_FILE_TYPE')
        assert.equal(await total(), before)
      })
    }
  })

  describe('computes checksums', () => {
    const wanted = (bytes: Buffer) => ({
      md5: createHash('md5').update(bytes).digest('hex'),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    const ask = (value: string) => field('checksums', value)
    const big = randomBytes(MAX_BYTES)
    for (const [what, parts, expected] of [
      ['that a field in front asks for', [ask('md5,sha256'), file('a.txt', NOTE)], wanted(NOTE)],
      ['that a field behind asks for', [file('a.txt', NOTE), ask('md5, sha256')], wanted(NOTE)],
      ['of which each has a field', [ask('md5'), file('a.txt', NOTE), ask('sha256')], wanted(NOTE)],
      ['of one kind', [ask('md5'), file('a.txt', NOTE)], { ...wanted(NOTE), sha256: null }],
      ['of none', [ask(''), file('a.txt', NOTE)], { md5: null, sha256: null }],
      ['of no byte', [ask('md5,sha256'), file('a.txt', Buffer.alloc(0))], wanted(Buffer.alloc(0))],
      [
        'of many bytes',
        [file('a.txt', Buffer.from(big.toString('hex').slice(0, MAX_BYTES))), ask('md5,sha256')],
        null,
      ],
    ] as const) {
      it(what, async () => {
        const answer = await send(parts)
        assert.equal(answer.status, 201, answer.bytes.toString())
        const made = json<FileObject>(answer)
        const { md5, sha256 } = made
        const bytes = parts.find((part) => part.name === 'file')?.bytes ?? NOTE
        assert.deepEqual({ md5, sha256 }, expected ?? wanted(bytes))
        assert.deepEqual(json(await client.get(`/files/${made.id}`)), made)
      })
    }
  })

  const refusals: readonly [what: string, parts: readonly Part[], status: number, code: string][] = [
    ['no part at all', [], 422, 'VALIDATION_ERROR'],
    ['a part of another name', [file('a.txt', NOTE, 'text/plain', 'upload')], 422, 'VALIDATION_ERROR'],
    ['two parts named file', [file('a.txt', NOTE), file('b.txt', NOTE)], 422, 'VALIDATION_ERROR'],
    ['file and files', [file('a.txt', NOTE), files('b.txt', NOTE)], 422, 'VALIDATION_ERROR'],
    ['a name of dots', [file('..', NOTE)], 422, 'VALIDATION_ERROR'],
    ['a traversal to dots', [file('../..', NOTE)], 422, 'VALIDATION_ERROR'],
    ['no name', [file('', NOTE)], 422, 'VALIDATION_ERROR'],
    ['a folder alone', [file('docs/', NOTE)], 422, 'VALIDATION_ERROR'],
    ['a field in place of a file', [field('file', 'text')], 422, 'VALIDATION_ERROR'],
    ['a name of 256 characters', [file('n'.repeat(256), NOTE)], 422, 'VALIDATION_ERROR'],
    ['no type that is one', [file('a.txt', NOTE, 'text')], 422, 'VALIDATION_ERROR'],
    ['a byte too many', [file('a.txt', Buffer.alloc(MAX_BYTES + 1, 'x'))], 413, 'FILE_TOO_LARGE'],
    ['far too many bytes', [file('a.txt', Buffer.alloc(12 * MAX_BYTES, 'x'))], 413, 'FILE_TOO_LARGE'],
    ['a type that is not allowed', [file('a.zip', NOTE, 'application/zip')], 415, 'UNSUPPORTED_FILE_TYPE'],
    ['bytes of another type', [file('a.pdf', PNG, 'application/pdf')], 422, 'FILE_TYPE_MISMATCH'],
    ['another checksum', [file('a.txt', NOTE), field('crc32c', 'AAAAAA==')], 422, 'CHECKSUM_MISMATCH'],
    ['a checksum that is none', [field('crc32c', 'x'), file('a.txt', NOTE)], 422, 'VALIDATION_ERROR'],
    [
      'a checksum too few',
      [files('a', NOTE), files('b', NOTE), field('crc32c', 'AAAAAA==')],
      422,
      'VALIDATION_ERROR',
    ],
    ['an unknown field alone', [field('colour', 'red')], 422, 'VALIDATION_ERROR'],
    [
      'a list of checksums that is too long',
      [field('checksums', 'md5,'.repeat(50)), file('a.txt', NOTE)],
      422,
      'VALIDATION_ERROR',
    ],
    ['unknown checksums', [field('checksums', 'sha1'), file('a.txt', NOTE)], 422, 'VALIDATION_ERROR'],
    [
      'an unknown part that is longer than a file may be',
      [field('blob', 'x'.repeat(MAX_BYTES + 1)), file('a.txt', NOTE)],
      413,
      'FILE_TOO_LARGE',
    ],
    [
      'one bad file behind a good one',
      [files('a.txt', NOTE), files('b.png', NOTE, 'image/png')],
      422,
      'FILE_TYPE_MISMATCH',
    ],
    [
      '101 files',
      Array.from({ length: 101 }, (_, index) => files(`${index}.txt`, NOTE)),
      422,
      'VALIDATION_ERROR',
    ],
  ]
  for (const [what, parts, status, code] of refusals) {
    it(`refuses ${what}, and keeps nothing`, async () => {
      const before = await total()
      assertError(await send(parts), status, code)
      assert.equal(await total(), before)
    })
  }

  for (const [what, headers, body, status, code] of [
    ['JSON', { 'content-type': 'application/json' }, '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a type without its boundary', { 'content-type': 'multipart/form-data' }, 'x', 400, 'INVALID_REQUEST'],
    ['what is no multipart body', MULTIPART, 'garbage', 400, 'INVALID_REQUEST'],
    [
      'a part named __proto__',
      MULTIPART,
      bodyOf([file('a', NOTE, 'text/plain', '__proto__')]),
      422,
      'VALIDATION_ERROR',
    ],
    [
      'a multipart body without its end',
      MULTIPART,
      bodyOf([file('a.txt', NOTE)]).subarray(0, -8),
      400,
      'INVALID_REQUEST',
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      assertError(await client.post('/files/upload', body, { headers }), status, code)
    })
  }

  for (const [size, bytes] of [
    ['small', NOTE],
    ['streamed', Buffer.alloc(200_000, 'x')],
  ] as const) {
    for (const [what, spoil] of SPOILED_FORMS) {
      it(`refuses a ${size} body with a part ${what}, and keeps nothing`, async () => {
        const before = await total()
        const body = spoil(bodyOf([files('a.txt', bytes), files('b.txt', NOTE)]), BOUNDARY)
        const answer = await client.post('/files/upload', body, { headers: MULTIPART })
        assertError(answer, 400, 'INVALID_REQUEST')
        assert.equal(await total(), before)
      })
    }

    it(`refuses a ${size} file with a line that begins with the delimiter, and keeps nothing`, async () => {
      const before = await total()
      const line = Buffer.from(`\r\n--${BOUNDARY}tra line\r\n`)
      const answer = await send([files('a.txt', Buffer.concat([bytes, line, bytes])), files('b.txt', NOTE)])
      assertError(answer, 400, 'INVALID_REQUEST')
      assert.equal(await total(), before)
    })

    it(`ignores white space after the delimiters of a ${size} body`, async () => {
      const body = padDelimiters(bodyOf([files('a.txt', bytes), files('b.txt', NOTE)]), BOUNDARY)
      const answer = await client.post('/files/upload', body, { headers: MULTIPART })
      assert.equal(answer.status, 201)
      const made = json<{ files: FileObject[] }>(answer).files
      assert.deepEqual(
        made.map((one) => [one.original_filename, one.crc32c]),
        [
          ['a.txt', crc32cToBase64(crc32c(bytes))],
          ['b.txt', crc32cToBase64(crc32c(NOTE))],
        ],
      )
    })
  }

  it('stores files within the quota, and nothing of a request that exceeds it', async () => {
    const { organizationId, context } = server
    await updateOrganization(context, operatorCaller(organizationId), { storageLimitBytes: 1000 })
    const big = Buffer.alloc(MAX_BYTES, 'x')
    assertError(await send([files('a.txt', big), files('b.txt', big)]), 403, 'STORAGE_QUOTA_EXCEEDED')
    await updateOrganization(context, operatorCaller(organizationId), { storageLimitBytes: null })
    assert.equal((await send([file('c.txt', big)])).status, 201)
  })

  it('gives an ignored part the time that it needs, as a file', async (t) => {
    const body = bodyOf([file('thumbnail.png', PNG, 'image/png', 'thumbnail'), file('a.txt', NOTE)])
    const headers = {
      ...{ 'x-api-key': server.apiKey, expect: '100-continue' },
      ...MULTIPART,
      'content-length': body.length,
    }
    const outgoing = request(`${server.baseUrl}/files/upload`, { method: 'POST', headers, agent: false })
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
    outgoing.flushHeaders()
    await once(outgoing, 'continue')
    const pieces = [body.indexOf(PNG) + 1, body.indexOf(NOTE) + NOTE.length + BOUNDARY.length + 6]
    await new Promise((resolve) => outgoing.write(body.subarray(0, pieces[0]), resolve))
    // The service reads what arrived before it answers a later request.
    await total()
    const nowMs = performance.now()
    t.mock.method(performance, 'now', () => nowMs + 20_000)
    await new Promise((resolve) => outgoing.write(body.subarray(pieces[0], pieces[1]), resolve))
    await total()
    await total()
    outgoing.end(body.subarray(pieces[1]))
    const [{ statusCode }] = await answered
    assert.equal(statusCode, 201)
  })

  it('keeps nothing of a body whose connection breaks, and continues to work', async () => {
    const before = await total()
    const body = bodyOf([file('cut.txt', Buffer.alloc(MAX_BYTES, 'x'))])
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const head = [
      `POST /v1/organizations/${server.organizationId}/files/upload HTTP/1.1`,
      'Host: waybill',
      `X-API-Key: ${server.apiKey}`,
      `Content-Type: ${MULTIPART['content-type']}`,
      `Content-Length: ${body.length}`,
    ]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    await new Promise((resolve) => socket.write(body.subarray(0, 1_500_000), resolve))
    socket.destroy()
    assert.equal((await send([file('after.txt', NOTE)])).status, 201)
    assert.equal(await total(), before + 1)
  })
})
