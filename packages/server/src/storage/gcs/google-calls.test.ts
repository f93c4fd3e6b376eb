import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { CALL_LIMITS, createGoogleCalls } from './google-calls.ts'
import { GoogleAnswerError } from './google-fault.ts'

const LIMITS = {
  ...CALL_LIMITS,
  attemptMs: 200,
  deadlineMs: 400,
  firstPauseMs: 1,
  longestPauseMs: 5,
  maxFailures: 2,
}

describe('calls to Google', () => {
  it('are made to one service while the other is away', async () => {
    const calls = createGoogleCalls('a-bucket', { ...LIMITS, deadlineMs: 20 })
    const away = () => Promise.reject(new GoogleAnswerError(503, 'away'))
    for (let call = 0; call < 3; call++) await assert.rejects(calls.run('iam.serviceAccounts.signBlob', away))
    assert.equal(await calls.run('storage.objects.create', async () => 'made'), 'made')
    const attempts: unknown[] = []
    await assert.rejects(calls.run('iam.serviceAccounts.signBlob', async () => attempts.push(1)))
    assert.deepEqual(attempts, [])
  })

  const attemptsOf = async (failure: () => unknown, limits = LIMITS) => {
    const calls = createGoogleCalls('a-bucket', limits)
    let attempts = 0
    const call = calls.run('storage.objects.get', async () => {
      attempts++
      throw failure()
    })
    const error = await call.then(
      () => assert.fail('it cannot succeed'),
      (error: unknown) => error,
    )
    assert.ok(error instanceof ServiceError && error.code === 'STORAGE_UNAVAILABLE')
    return { attempts, reason: (error.cause as Error).message }
  }
  const ofTheSystem = (code: string) => Object.assign(new Error('the connection'), { code })

  const passing: readonly [string, () => unknown][] = [
    ...[408, 429, 500, 502, 503, 504].map(
      (status) => [`${status}`, () => new GoogleAnswerError(status, 'a fault')] as [string, () => unknown],
    ),
    ...['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'].map(
      (code) => [code, () => ofTheSystem(code)] as [string, () => unknown],
    ),
    ['a fetch that failed', () => new TypeError('fetch failed', { cause: ofTheSystem('UND_ERR_SOCKET') })],
  ]
  for (const [title, failure] of passing) {
    it(`are made again after ${title}, until the deadline`, async () => {
      const { attempts, reason } = await attemptsOf(failure)
      assert.ok(attempts > 3, `${attempts} attempts`)
      assert.match(reason, /Google Cloud Storage (gave no answer|answered \d+)/)
    })
  }

  const lasting: readonly [string, unknown, RegExp][] = [
    ['400', new GoogleAnswerError(400, 'a bad request'), /answered 400 \(a bad request\)/],
    ['401', new GoogleAnswerError(401, 'Invalid Credentials'), /does not take the credentials/],
    ['403', new GoogleAnswerError(403, 'no access'), /grant it storage\.objects\.get there, by the role/],
    [
      'a missing bucket',
      new GoogleAnswerError(404, 'The specified bucket does not exist.'),
      /no bucket a-bucket/,
    ],
    [
      'a key that is no key',
      new Error('error:1E08010C:DECODER routines::unsupported'),
      /does not take the cred/,
    ],
    [
      'a grant that is refused',
      new Error('invalid_grant: Invalid JWT Signature.'),
      /does not take the credentials/,
    ],
  ]
  for (const [title, failure, sentence] of lasting) {
    it(`are not made again after ${title}, and say what mends it`, async () => {
      const { attempts, reason } = await attemptsOf(() => failure)
      assert.equal(attempts, 1)
      assert.match(reason, sentence)
    })
  }

  it('say nothing of the URL that failed, which may be a credential', async () => {
    const url = 'https://storage.googleapis.com/upload/o?upload_id=secret'
    const { reason } = await attemptsOf(() => new Error(`request to ${url} failed, reason: none`))
    assert.ok(!reason.includes('secret'), reason)
  })

  it('end in time where an attempt does not', async () => {
    const calls = createGoogleCalls('a-bucket', LIMITS)
    let aborted = 0
    const hanging = calls.run('storage.objects.get', (signal) => {
      signal.addEventListener('abort', () => aborted++)
      return new Promise(() => {})
    })
    await assert.rejects(hanging, ServiceError)
    assert.ok(aborted > 0)
  })

  it('are refused without an attempt after some that came to nothing', async () => {
    const calls = createGoogleCalls('a-bucket', LIMITS)
    let attempts = 0
    const call = () =>
      calls.run('storage.objects.get', async () => {
        attempts++
        throw new GoogleAnswerError(503, 'a fault')
      })
    for (let time = 0; time < LIMITS.maxFailures; time++) await assert.rejects(call)
    const before = attempts
    await assert.rejects(call, ServiceError)
    assert.equal(attempts, before)
  })
})
