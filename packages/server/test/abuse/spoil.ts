import type { SeededRandom } from '../seeded-random.ts'
import { type RawRequest, toBytes } from './raw-request.ts'

/** Bytes for a connection. */
export interface SpoiledRequest {
  readonly bytes: Buffer
  /**
   * True for one complete request, which must get one answer. Otherwise the sender closes its side, and any answer is
   * allowed.
   */
  readonly isComplete: boolean
  readonly isHead: boolean
}

type Spoil = (request: RawRequest, random: SeededRandom) => RawRequest

const STRANGE = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    'null',
    'undefined',
    'NaN',
    'true',
    '[]',
    '{}',
    "'",
    '"',
    '\\',
    ';',
    '*',
    '%',
    '%00',
  ],
  ...[
    '%ff',
    '%zz',
    '%2e%2e%2f',
    '../../etc/passwd',
    '..%2f..%2f',
    '__proto__',
    'constructor',
    'file_',
    'file_0',
  ],
  ...[
    '%F0%9F%98%80',
    '\u00ff\u00fe',
    '1e308',
    '9007199254740993',
    '18446744073709551616',
    '-9223372036854775809',
  ],
  ...[
    'a'.repeat(300),
    'a'.repeat(9000),
    '{"a":'.repeat(500),
    "' OR 1=1 --",
    '{{7*7}}',
    '<script>',
    '\u0001\u0002',
  ],
] as const

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'LOCK',
]

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['X-API-Key', ['', 'x', 'oak_live_', `oak_live_${'0'.repeat(43)}`, 'a'.repeat(8000), '\u00e9']],
  ['Authorization', ['', 'Bearer', 'Bearer ', 'Bearer x', 'Basic eDp5', 'bearer  x y z', 'Bearer \u00ff']],
  [
    'Content-Type',
    ['', 'x', 'text/plain', 'application/json; charset=utf-16', 'multipart/form-data', '/', ';;;'],
  ],
  ['X-Goog-Hash', ['', 'crc32c=', 'crc32c=AAAAAA==', 'md5=x', 'md5=,crc32c=', 'sha1=x', ','.repeat(3000)]],
  [
    'Range',
    ['', 'bytes=', 'bytes=0-', 'bytes=-1', 'bytes=5-1', 'bytes=0-0,1-1', `bytes=${'0-1,'.repeat(1000)}`],
  ],
  ['If-None-Match', ['*', '"x"', 'W/"x"', '"', `${'"a",'.repeat(2000)}`]],
  ['If-Modified-Since', ['x', 'Tue, 99 Foo 2020 99:99:99 GMT', '0']],
  ['If-Range', ['"x"', 'x']],
  ['Expect', ['100-continue', 'x', '']],
  ['Accept-Encoding', ['gzip, br', '*;q=0']],
  ['Origin', ['null', 'https://example.com', '*', '\u00ff']],
  ['Access-Control-Request-Headers', ['x', 'a,'.repeat(2000)]],
  ['X-Request-Id', ['', 'a b', '\u00ff', 'a'.repeat(5000), '../x']],
  ['X-HTTP-Method-Override', ['DELETE', 'HEAD', 'PATCH', 'CONNECT', 'TRACE', 'get', '', 'a, b']],
  ['X-GUploader-No-308', ['yes', 'no', '']],
  ['Tus-Resumable', ['', '0.2.2', '1.0.0, 1.0.0', '\u00ff']],
  ['Upload-Length', ['', '-1', '1.5', '9007199254740992', '1, 2', '0x10', '?1', '999999999999999']],
  ['Upload-Defer-Length', ['', '0', '2', '1, 1']],
  ['Upload-Offset', ['', '-1', '-0', '1.0', '1;a=b', '9007199254740993', '999999999999999', '1, 2']],
  [
    'Upload-Metadata',
    [
      '',
      ',',
      'a',
      'a b c',
      'filename Li4vLi4vYQ==',
      'filename AA==',
      'a,a',
      `${'a '.repeat(4000)}`,
      '\u00ff',
    ],
  ],
  [
    'Upload-Checksum',
    ['', 'sha1', 'sha1 x', 'md4 AAAA', 'crc32c AAAAAA==', 'SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0='],
  ],
  ['Upload-Concat', ['partial', 'final;/a /b']],
  ['Upload-Complete', ['', '?1', '?0', '1', 'true', '?1;a', '?2', '?1, ?0']],
  ['Upload-Draft-Interop-Version', ['', '8', '6', '3', '-1', 'x', '999999999999999']],
  [
    'Content-Digest',
    ['', 'md5', 'md5=:x:', 'md5=1', 'crc32c=:AAAAAA==:', 'a=:YQ==:', 'md5=?1;q', `${'a=1, '.repeat(2000)}a`],
  ],
  ['Repr-Digest', ['', 'sha-256=:AA==:', 'crc32c=:AAAAAA==:', 'md5=(1 2)', '__proto__=:AA==:']],
  ['Want-Repr-Digest', ['', 'sha-256=11', 'md5=-1', 'a', 'sha-256=1.5, md5=1']],
  [
    'Content-Disposition',
    ['', 'attachment', 'a; filename="', "a; filename*=UTF-8''%ff", 'a; filename="\\\\"'],
  ],
  ['Trailer', ['Upload-Checksum', ',', '*']],
  ['Upgrade', ['h2c', 'websocket']],
  ['Connection', ['close', 'upgrade', 'keep-alive, upgrade', 'x']],
  ['Cookie', ['a=b; '.repeat(500)]],
  ['Host', ['', 'a b', 'example.com:99999', '[::1']],
  ['Forwarded', ['for=1.2.3.4;proto=x']],
  // Last, because a malformed range ends its session.
  [
    'Content-Range',
    ['', 'bytes', 'bytes */*', 'bytes 0-0/1', 'bytes 9-1/*', 'bytes 0-99999999999999999999/*'],
  ],
]

/** Limit for JSON that is parsed again; a longer body was corrupted before. */
const MAX_JSON_BYTES = 10_000

/** Corruptions of one part that keep the request complete. */
const SPOILS: readonly Spoil[] = [
  (request, random) => ({ ...request, method: random.pick(METHODS) }),
  (request, random) => ({ ...request, target: spoiledTarget(request.target, random) }),
  withStrangeHeader,
  withStrangeHeader,
  (request, random) => ({
    ...request,
    headers: request.headers.filter(([name]) => name === 'Host' || random.chance(0.5)),
  }),
  (request, random) => {
    const many = Array.from(
      { length: random.pick([50, 500, 3000]) },
      (_, index) => [`x-${index}`, 'y'] as const,
    )
    return { ...request, headers: [...request.headers, ...many] }
  },
  (request, random) => {
    const huge = ['x-huge', 'a'.repeat(random.pick([1000, 15_000, 20_000, 100_000]))] as const
    return { ...request, headers: [...request.headers, huge] }
  },
  (request, random) => withBody(request, spoiledJson(request.body, random)),
  (request, random) => withBody(request, flipped(request.body, random)),
  (request, random) => withBody(request, request.body.subarray(0, random.integer(0, request.body.length))),
  (request, random) => withBody(request, random.bytes(random.integer(0, 2000))),
  (request, random) => withBody(request, Buffer.alloc(random.pick([70_000, 1_100_000]), '[')),
  (request, random) => withBody(request, Buffer.from(random.pick(STRANGE))),
]

/** Corruptions whose bytes are no request, an incomplete one, or several. */
const BREAKS: readonly ((request: RawRequest, random: SeededRandom) => Buffer)[] = [
  (request, random) => {
    const bytes = toBytes(request)
    return bytes.subarray(0, random.integer(0, bytes.length))
  },
  (request, random) => flipped(toBytes(request), random),
  (request, random) => Buffer.concat(Array.from({ length: random.integer(2, 6) }, () => toBytes(request))),
  (request, random) => Buffer.concat([toBytes(request), random.bytes(random.integer(1, 500))]),
  (_request, random) => random.bytes(random.integer(1, 3000)),
  (request) => Buffer.from(toBytes(request).toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  (request, random) => {
    const length = random.pick([
      '-1',
      '+1',
      '1e3',
      '0x10',
      '',
      ' ',
      '99999999999999999999',
      '1, 2',
      '1,1',
      '5 5',
    ])
    return toBytes({ ...request, framing: null, headers: [...request.headers, ['Content-Length', length]] })
  },
  (request, random) => {
    const lengthBytes = Math.max(0, request.body.length + random.pick([-10, -1, 1, 10, 100_000]))
    return toBytes({
      ...request,
      framing: null,
      headers: [...request.headers, ['Content-Length', String(lengthBytes)]],
    })
  },
  (request) =>
    toBytes({
      ...request,
      framing: 'chunked',
      headers: [...request.headers, ['Content-Length', String(request.body.length)]],
    }),
  (request, random) => {
    const coding = random.pick([
      'gzip',
      'identity',
      'chunked, chunked',
      'chunked, gzip',
      'x',
      '',
      'Chunked ',
      'chunked;a=b',
    ])
    return toBytes({
      ...request,
      framing: null,
      headers: [...request.headers, ['Transfer-Encoding', coding]],
    })
  },
  (request, random) => {
    const head = { ...request, body: Buffer.alloc(0), framing: null } as const
    const chunks = random.pick([
      ...['zz\r\nabc\r\n0\r\n\r\n', '5\r\nabc', '-1\r\n\r\n', 'ffffffffffffffffff\r\na', '5\nabcde\n0\n\n'],
      ...[
        `5;${'a'.repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`,
        '0\r\nx: y\r\n\r\n',
        `0\r\n${'x: y\r\n'.repeat(3000)}\r\n`,
      ],
      ...['1\r\na\r\n'.repeat(5000), '3\r\nabcdef\r\n0\r\n\r\n', '\r\n\r\n', '0\r\n'],
    ])
    const coded = toBytes({ ...head, headers: [...request.headers, ['Transfer-Encoding', 'chunked']] })
    return Buffer.concat([coded, Buffer.from(chunks)])
  },
  (request, random) =>
    Buffer.from(
      random.pick([
        ...[
          'GET /\r\n\r\n',
          'GET / HTTP/0.9\r\n\r\n',
          'GET / HTTP/3.0\r\n\r\n',
          'GET / HTTP/1.0\r\n\r\n',
          '\r\n\r\n',
        ],
        ...[
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
          '\u0016\u0003\u0001\u0002\u0000\u0001',
          'CONNECT a:1 HTTP/1.1\r\n\r\n',
        ],
        ...[
          'GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n\r\n',
          'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
          'GET',
        ],
        ...[
          `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
          'GET / HTTP/1.1\r\n\r\n',
          'get / http/1.1\r\n\r\n',
        ],
        ...[`${request.method} ${request.target} HTTP/1.1\r\nHost : a\r\n b\r\n: c\r\nd\r\n\r\n`],
        ...[`${request.method} ${request.target} HTTP/1.1\r\nHost: a\r\nHost: b\r\nX\u0000: c\r\n\r\n`],
      ]),
      'latin1',
    ),
]

/** Returns the request unchanged, with some parts corrupted, or broken completely. */
export function spoil(request: RawRequest, random: SeededRandom): SpoiledRequest {
  let spoiled = request
  for (let times = random.pick([0, 1, 1, 1, 2, 3]); times > 0; times--)
    spoiled = random.pick(SPOILS)(spoiled, random)
  if (random.chance(0.25))
    return { bytes: random.pick(BREAKS)(spoiled, random), isComplete: false, isHead: false }
  return { bytes: toBytes(spoiled), isComplete: true, isHead: spoiled.method === 'HEAD' }
}

/** Returns the request with each strange value of each header. */
export function withEachStrangeHeader(request: RawRequest): SpoiledRequest[] {
  return HEADERS.flatMap(([name, values]) =>
    values.map((value) => {
      const others = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase())
      const bytes = toBytes({ ...request, headers: [...others, [name, value]] })
      return { bytes, isComplete: true, isHead: request.method === 'HEAD' }
    }),
  )
}

/** Sets a strange value, usually for a header of the request, otherwise for another header that may have an effect. */
function withStrangeHeader(request: RawRequest, random: SeededRandom): RawRequest {
  const own = request.headers.map(([name]) => name).filter((name) => name !== 'Host')
  const [name, values] =
    own.length > 0 && random.chance(0.5) ? ([random.pick(own), STRANGE] as const) : random.pick(HEADERS)
  const value = random.chance(0.7) ? random.pick(values) : random.pick(STRANGE)
  const others = random.chance(0.7)
    ? request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase())
    : request.headers
  return { ...request, headers: [...others, [name, value]] }
}

function withBody(request: RawRequest, body: Buffer): RawRequest {
  return { ...request, body, framing: request.framing ?? 'Content-Length' }
}

function spoiledTarget(target: string, random: SeededRandom): string {
  const parts = target.split(/(?<=[/?&=])/)
  const place = random.integer(0, parts.length - 1)
  // A space or a control character would end the request line. `BREAKS` does that.
  const strange = random.pick(STRANGE).replace(/[^!-~\u0080-\u00ff]/g, '%20')
  return random.pick([
    parts.with(place, strange).join('') || '/',
    `${target}${random.pick(['/', '//', '?', '#', '&', '?a=b&a=c', '&page=-1', '&limit=1e9', '/..', ';x'])}`,
    `/${target}`,
    target.toUpperCase(),
    target.replaceAll('/', '//'),
    target.replaceAll('_', '%5f'),
  ])
}

function spoiledJson(body: Buffer, random: SeededRandom): Buffer {
  let value: unknown
  try {
    value = body.length > MAX_JSON_BYTES ? null : JSON.parse(body.toString())
  } catch {
    return flipped(body, random)
  }
  if (typeof value !== 'object' || value === null) return Buffer.from('[]')
  const names = Object.keys(value)
  const name = names.length > 0 ? random.pick(names) : 'a'
  const strange = random.pick<unknown>([
    ...[
      null,
      true,
      0,
      -1,
      1.5,
      1e300,
      [],
      {},
      [[[[]]]],
      { a: 1 },
      ...STRANGE,
      '\u0000',
      '\ud800',
      '😀'.repeat(300),
    ],
  ])
  const text = JSON.stringify({ ...value, [name]: strange })
  return Buffer.from(
    random.pick([
      text,
      text,
      JSON.stringify({ ...value, [name]: undefined }),
      JSON.stringify([value]),
      `{"__proto__":{"admin":true},${text.slice(1)}`,
      `\ufeff${text}`,
      `${text}${text}`,
      text.replaceAll('"', "'"),
      `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    ]),
  )
}

/** Returns a copy with some bits flipped. */
function flipped(bytes: Buffer, random: SeededRandom): Buffer {
  const copy = Buffer.from(bytes)
  if (copy.length === 0) return copy
  for (let times = random.integer(1, 8); times > 0; times--) {
    const place = random.integer(0, copy.length - 1)
    copy[place] = (copy[place] ?? 0) ^ (1 << random.integer(0, 7))
  }
  return copy
}
