import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { CALL_LIMITS } from '../provider-calls.ts'
import { createGoogleCalls } from './google-calls.ts'
import { GoogleResponseError } from './google-fault.ts'

const LIMITS = {
  ...CALL_LIMITS,
  attemptMs: 200,
  deadlineMs: 400,
  firstPauseMs: 1,
  longestPauseMs: 5,
  maxFailures: 2,
}

describe('calls to Google', () => {
  it('continue to one service while the other is down', async () => {
    const calls = createGoogleCalls('a-bucket', { ...LIMITS, deadlineMs: 20 })
    const down = () => Promise.reject(new GoogleResponseError(503, 'down'))
    for (let call = 0; call < 3; call++) await assert.rejects(calls.run('iam.serviceAccounts.signBlob', down))
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
  const systemError = (code: string) => Object.assign(new Error('the connection'), { code })

  const transient: readonly [string, () => unknown][] = [
    ...[408, 429, 500, 502, 503, 504].map(
      (status) => [`${status}`, () => new GoogleResponseError(status, 'a fault')] as [string, () => unknown],
    ),
    ...['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'].map(
      (code) => [code, () => systemError(code)] as [string, () => unknown],
    ),
    ['a fetch that failed', () => new TypeError('fetch failed', { cause: systemError('UND_ERR_SOCKET') })],
  ]
  for (const [title, failure] of transient) {
    it(`are retried after ${title}, until the deadline`, async () => {
      const { attempts, reason } = await attemptsOf(failure)
      assert.ok(attempts > 3, `${attempts} attempts`)
      assert.match(reason, /Google Cloud Storage (did not respond|responded with \d+)/)
    })
  }

  const permanent: readonly [string, unknown, RegExp][] = [
    ['400', new GoogleResponseError(400, 'a bad request'), /responded with 400 \(a bad request\)/],
    ['401', new GoogleResponseError(401, 'Invalid Credentials'), /rejects the credentials/],
    [
      '403',
      new GoogleResponseError(403, 'no access'),
      /grant it storage\.objects\.get on the bucket, with the role/,
    ],
    [
      'a missing bucket',
      new GoogleResponseError(404, 'The specified bucket does not exist.'),
      /the bucket a-bucket does not exist/,
    ],
    ['an invalid key', new Error('error:1E08010C:DECODER routines::unsupported'), /rejects the credentials/],
    ['a refused grant', new Error('invalid_grant: Invalid JWT Signature.'), /rejects the credentials/],
  ]
  for (const [title, failure, sentence] of permanent) {
    it(`are not retried after ${title}, and fail with advice for the operator`, async () => {
      const { attempts, reason } = await attemptsOf(() => failure)
      assert.equal(attempts, 1)
      assert.match(reason, sentence)
    })
  }

  it('fail with a message without the URL, which may be a credential', async () => {
    const url = 'https://storage.googleapis.com/upload/o?upload_id=secret'
    const { reason } = await attemptsOf(() => new Error(`request to ${url} failed, reason: none`))
    assert.ok(!reason.includes('secret'), reason)
  })

  it('end in time when an attempt hangs', async () => {
    const calls = createGoogleCalls('a-bucket', LIMITS)
    let aborted = 0
    const hanging = calls.run('storage.objects.get', (signal) => {
      signal.addEventListener('abort', () => aborted++)
      return new Promise(() => {})
    })
    await assert.rejects(hanging, ServiceError)
    assert.ok(aborted > 0)
  })

  it('are refused without an attempt after several failed calls', async () => {
    const calls = createGoogleCalls('a-bucket', LIMITS)
    let attempts = 0
    const call = () =>
      calls.run('storage.objects.get', async () => {
        attempts++
        throw new GoogleResponseError(503, 'a fault')
      })
    for (let time = 0; time < LIMITS.maxFailures; time++) await assert.rejects(call)
    const before = attempts
    await assert.rejects(call, ServiceError)
    assert.equal(attempts, before)
  })
})
