import { createHash } from 'node:crypto'
import type { SeededRandom } from '../seeded-random.ts'
import type { RawRequest } from './raw-request.ts'

type Header = readonly [name: string, value: string]
type Message = Pick<RawRequest, 'headers' | 'body'>

const MAX_BODY_BYTES = 3000

/** Returns the headers and the body of a request of tus that creates an upload. */
export function tusCreation(random: SeededRandom): Message {
  const body = someBody(random)
  const length: Header = random.chance(0.5)
    ? ['Upload-Length', String(body.length + random.pick([0, 0, 10]))]
    : ['Upload-Defer-Length', '1']
  return { headers: [...TUS, length, ...optional(random, METADATA), ...tusDigest(random, body)], body }
}

/** Returns the headers and the body of a request of the IETF protocol that creates an upload. */
export function ietfCreation(random: SeededRandom): Message {
  const body = someBody(random)
  const fields: Header[] = [
    ['Upload-Complete', random.pick(['?0', '?1'])],
    ['Content-Type', 'text/plain'],
    ...optional(random, ['Content-Disposition', 'attachment; filename="any.txt"']),
  ]
  return { headers: [...fields, ...ietfFields(random, body, 0)], body }
}

/** Returns a request of tus or of the IETF protocol on a session URL. */
export function sessionMessage(method: string, sizeBytes: number, random: SeededRandom): Message {
  const isTus = random.chance(0.5)
  const sendsBytes = method === 'PATCH' || method === 'POST'
  const body = sendsBytes ? someBody(random) : Buffer.alloc(0)
  const offset = random.pick([0, 0, sizeBytes, random.integer(0, sizeBytes)])
  const position: Header[] = sendsBytes ? [['Upload-Offset', String(offset)]] : []
  if (isTus) {
    const override: Header[] = method === 'POST' ? [['X-HTTP-Method-Override', 'PATCH']] : []
    return { headers: [...TUS, ...position, ...override, ...tusDigest(random, body)], body }
  }
  const fields: Header[] = [
    ['Upload-Complete', random.pick(['?0', '?1'])],
    ['Content-Type', 'application/partial-upload'],
  ]
  return { headers: [...fields, ...position, ...ietfFields(random, body, offset)], body }
}

const TUS: readonly Header[] = [
  ['Tus-Resumable', '1.0.0'],
  ['Content-Type', 'application/offset+octet-stream'],
]
const METADATA: Header = ['Upload-Metadata', 'filename YW55LnR4dA==,filetype dGV4dC9wbGFpbg==,flag']

function tusDigest(random: SeededRandom, body: Buffer): Header[] {
  if (random.chance(0.2)) return [['Trailer', 'Upload-Checksum']]
  const checksum = createHash('sha1').update(body).digest('base64')
  return optional(random, ['Upload-Checksum', `sha1 ${checksum}`])
}

function ietfFields(random: SeededRandom, body: Buffer, offset: number): Header[] {
  const digest = `md5=:${createHash('md5').update(body).digest('base64')}:`
  return [
    ...optional(random, ['Upload-Length', String(offset + body.length)]),
    ...optional(random, ['Upload-Draft-Interop-Version', random.pick(['8', '6', '5'])]),
    ...optional(random, ['Content-Digest', digest]),
    ...optional(random, ['Repr-Digest', digest]),
    ...optional(random, ['Want-Repr-Digest', 'sha-256=10']),
  ]
}

function optional(random: SeededRandom, header: Header): Header[] {
  return random.chance(0.3) ? [header] : []
}

function someBody(random: SeededRandom): Buffer {
  return Buffer.alloc(random.integer(0, MAX_BODY_BYTES), 'abuse ')
}
