import fc from 'fast-check'
import { QUANTUM_BYTES } from './session-model.ts'

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

/** Way in which a connection ends in the middle of a body. */
export type Cut = 'half-closed' | 'closed'

export type Step =
  | { readonly do: 'send'; readonly data: DataStep }
  /** Sends `part` of the body, from 0 to 1, and then loses the connection. */
  | { readonly do: 'send and cut'; readonly data: DataStep; readonly part: number; readonly cut: Cut }
  /** Sends `part` of the body; later steps may send the rest. */
  | { readonly do: 'begin'; readonly data: DataStep; readonly part: number }
  | { readonly do: 'continue'; readonly part: number; readonly ends: 'not' | 'cleanly' | Cut }
  | {
      readonly do: 'ask'
      readonly total: '*' | 'true' | 'wrong'
      readonly hash: AnnouncedHash | null
      readonly no308: boolean
    }
  | { readonly do: 'send an unreadable range'; readonly range: string }
  | { readonly do: 'cancel' }
  | { readonly do: 'restart' }

export interface Scenario {
  readonly sizeBytes: number
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

const send: fc.Arbitrary<Step> = fc.record({ do: fc.constant('send' as const), data: dataStep })
const sendAndCut: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('send and cut' as const),
  data: dataStep,
  part,
  cut,
})
const begin: fc.Arbitrary<Step> = fc.record({ do: fc.constant('begin' as const), data: dataStep, part })
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
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'cancel' }) },
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
