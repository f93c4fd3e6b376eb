import fc from 'fast-check'
import type { PatchProtocol } from './patch-model.ts'
import { type Creator, QUANTUM_BYTES } from './session-model.ts'

/** Relative position in the object. It is resolved when its step runs, so that it is valid after any other steps. */
export interface Place {
  readonly from: 'start' | 'held' | 'end'
  readonly plus: number
}

export type Form = 'none' | 'a-b/T' | 'a-b/*' | 'a-*/*' | 'a-*/T'
export type AnnouncedHash = 'true crc32c' | 'true md5' | 'both true' | 'false crc32c' | 'false md5'

/** A data request. */
export interface DataStep {
  readonly form: Form
  readonly first: Place
  /** Exclusive end, for ranges with an end. */
  readonly end: Place
  /** Difference between the length of the body and that of its range. */
  readonly extraBytes: number
  readonly transfer: 'Content-Length' | 'chunked'
  /** True for the bytes of the object, false for other ones. */
  readonly isTrue: boolean
  readonly hash: AnnouncedHash | null
  readonly total: 'true' | 'wrong'
  readonly method: 'PUT' | 'POST'
  readonly no308: boolean
}

/** A PATCH of tus or of the IETF protocol. */
export interface PatchStep {
  readonly by: PatchProtocol
  readonly at: Place
  /** Exclusive end of the body. */
  readonly end: Place
  readonly transfer: 'Content-Length' | 'chunked'
  readonly isTrue: boolean
  /** The length in Upload-Length; null for none. */
  readonly told: 'true' | 'wrong' | null
  /** Digest of the body; null for none. */
  readonly digest: 'true' | 'false' | null
  /** Upload-Complete of the IETF protocol. */
  readonly isEnd: boolean
  /** Repr-Digest of the IETF protocol. */
  readonly hash: AnnouncedHash | null
}

/** A request that sends bytes. */
export type BytesStep =
  | { readonly kind: 'data'; readonly data: DataStep }
  | { readonly kind: 'patch'; readonly patch: PatchStep }

/** Way in which a connection ends in the middle of a body. */
export type Cut = 'half-closed' | 'closed'

export type Step =
  | { readonly do: 'send'; readonly bytes: BytesStep }
  /** Sends `part` of the body, from 0 to 1, and then loses the connection. */
  | { readonly do: 'send and cut'; readonly bytes: BytesStep; readonly part: number; readonly cut: Cut }
  /** Sends `part` of the body; later steps may send the rest. */
  | { readonly do: 'begin'; readonly bytes: BytesStep; readonly part: number }
  | { readonly do: 'continue'; readonly part: number; readonly ends: 'not' | 'cleanly' | Cut }
  | {
      readonly do: 'ask'
      readonly total: '*' | 'true' | 'wrong'
      readonly hash: AnnouncedHash | null
      readonly no308: boolean
    }
  | { readonly do: 'send an unreadable range'; readonly range: string }
  | { readonly do: 'cancel' }
  | { readonly do: 'HEAD' | 'DELETE'; readonly by: PatchProtocol }
  | { readonly do: 'restart' }

/** Creation of the upload. */
export interface Creation {
  readonly by: Creator
  /** True when a later request tells the length; an upload URL has it from the beginning. */
  readonly isDeferred: boolean
  /** Part of the object in the body of the creation, from 0 to 1; an upload URL has none. */
  readonly part: number
}

export interface Scenario {
  readonly sizeBytes: number
  readonly creation: Creation
  readonly checksums: readonly ('md5' | 'sha256')[]
  readonly steps: readonly Step[]
}

const MAX_SIZE_BYTES = 3 * QUANTUM_BYTES
const UNREADABLE = [
  'bytes',
  'bytes 0-',
  'bytes 5-4/*',
  'items 0-9/10',
  'bytes 0-9/9',
  'bytes */',
  'bytes -1/*',
]

/** Mostly plain data steps, so that sequences make progress, with occasional strange ones. */
const dataStep: fc.Arbitrary<DataStep> = fc.record({
  form: fc.constantFrom<Form>('a-b/*', 'a-b/T', 'a-*/*', 'a-*/T', 'none'),
  first: place(['held', 8], ['start', 3], ['end', 1]),
  end: place(['held', 8], ['end', 4], ['start', 1]),
  extraBytes: rarely(0, fc.constantFrom(-1, 1, -1000, QUANTUM_BYTES)),
  transfer: fc.constantFrom('Content-Length', 'chunked'),
  isTrue: rarely(true, fc.constant(false)),
  hash: hash(),
  total: rarely('true' as const, fc.constant('wrong' as const)),
  method: fc.constantFrom('PUT', 'POST'),
  no308: rarely(false, fc.constant(true)),
})

const part = fc.constantFrom(0.5, 0, 0.1, 0.9, 1)
const cut = fc.constantFrom<Cut>('half-closed', 'closed')

const patchStep: fc.Arbitrary<PatchStep> = fc.record({
  by: fc.constantFrom<PatchProtocol>('tus', 'ietf'),
  at: rarely<Place>({ from: 'held', plus: 0 }, place(['held', 3], ['start', 1], ['end', 1])),
  end: place(['held', 6], ['end', 6], ['start', 1]),
  transfer: fc.constantFrom('Content-Length', 'chunked'),
  isTrue: rarely(true, fc.constant(false)),
  told: fc.oneof(
    { weight: 8, arbitrary: fc.constant<PatchStep['told']>(null) },
    { weight: 4, arbitrary: fc.constant<PatchStep['told']>('true') },
    { weight: 1, arbitrary: fc.constant<PatchStep['told']>('wrong') },
  ),
  digest: fc.oneof(
    { weight: 6, arbitrary: fc.constant<PatchStep['digest']>(null) },
    { weight: 1, arbitrary: fc.constantFrom<PatchStep['digest']>('true', 'false') },
  ),
  isEnd: fc.boolean(),
  hash: hash(),
})
const bytesStep: fc.Arbitrary<BytesStep> = fc.oneof(
  dataStep.map((data) => ({ kind: 'data', data }) as const),
  patchStep.map((patch) => ({ kind: 'patch', patch }) as const),
)

const send: fc.Arbitrary<Step> = fc.record({ do: fc.constant('send' as const), bytes: bytesStep })
const sendAndCut: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('send and cut' as const),
  bytes: bytesStep,
  part,
  cut,
})
const begin: fc.Arbitrary<Step> = fc.record({ do: fc.constant('begin' as const), bytes: bytesStep, part })
const headOrDelete = (method: 'HEAD' | 'DELETE'): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant(method), by: fc.constantFrom<PatchProtocol>('tus', 'ietf') })
const goOn: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('continue' as const),
  part,
  ends: fc.oneof(fc.constant('not' as const), fc.constant('cleanly' as const), cut),
})
const ask: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('ask' as const),
  total: fc.constantFrom<'*' | 'true' | 'wrong'>('*', 'true', 'true', 'wrong'),
  hash: hash(),
  no308: rarely(false, fc.constant(true)),
})
const unreadable: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('send an unreadable range' as const),
  range: fc.constantFrom(...UNREADABLE),
})

/** Steps that end a session are rare, so that most sequences make progress. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: send },
  { weight: 10, arbitrary: sendAndCut },
  { weight: 10, arbitrary: begin },
  { weight: 5, arbitrary: goOn },
  { weight: 10, arbitrary: ask },
  { weight: 5, arbitrary: fc.constant<Step>({ do: 'restart' }) },
  { weight: 10, arbitrary: headOrDelete('HEAD') },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'cancel' }) },
  { weight: 1, arbitrary: headOrDelete('DELETE') },
  { weight: 1, arbitrary: unreadable },
)

/** Sequences with two requests at once, which single random steps rarely produce. */
const passage: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 4, arbitrary: step.map((one) => [one]) },
  { weight: 1, arbitrary: fc.tuple(begin, step, goOn) },
)

/** Random steps of clients on one upload. */
export const scenario: fc.Arbitrary<Scenario> = fc.record({
  // 0.5 to 3 times 256 KiB, mostly near the multiples, where the rules change.
  sizeBytes: fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(0, -1, 1, 1000, -131_072))
        .map(([quanta, plus]) => Math.min(quanta * QUANTUM_BYTES + plus, MAX_SIZE_BYTES)),
    },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_SIZE_BYTES }) },
  ),
  creation: fc.record({
    by: fc.constantFrom<Creator>('upload-url', 'tus', 'ietf'),
    isDeferred: fc.boolean(),
    part: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(0.3, 1) },
    ),
  }),
  /** Checksums that an upload URL asks for. */
  checksums: fc.subarray(['md5', 'sha256'] as ('md5' | 'sha256')[]),
  steps: fc.array(passage, { minLength: 1, maxLength: 16, size: 'max' }).map((passages) => passages.flat()),
})

function place(...from: [Place['from'], number][]): fc.Arbitrary<Place> {
  return fc.record({
    from: fc.oneof(...from.map(([value, weight]) => ({ weight, arbitrary: fc.constant(value) }))),
    plus: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 4, arbitrary: fc.constantFrom(QUANTUM_BYTES, 2 * QUANTUM_BYTES, -QUANTUM_BYTES) },
      { weight: 2, arbitrary: fc.constantFrom(1, -1, QUANTUM_BYTES + 1, QUANTUM_BYTES - 1, 1000) },
      { weight: 1, arbitrary: fc.integer({ min: -QUANTUM_BYTES, max: MAX_SIZE_BYTES }) },
    ),
  })
}

function hash(): fc.Arbitrary<AnnouncedHash | null> {
  const others = fc.constantFrom<AnnouncedHash>(
    'true crc32c',
    'true crc32c',
    'true md5',
    'both true',
    'both true',
    'false crc32c',
    'false md5',
  )
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) as fc.Arbitrary<AnnouncedHash | null> },
    { weight: 1, arbitrary: others },
  )
}

/** Returns the plain value, to which shrinking leads, or in one of ten cases another one. */
function rarely<T>(plain: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(plain) }, { weight: 1, arbitrary: other })
}
