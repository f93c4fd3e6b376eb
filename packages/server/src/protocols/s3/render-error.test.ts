import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { classifyError } from '../http/error-status.ts'
import { problem } from './problem.ts'
import { answerError, answerProblem } from './render-error.ts'

const answer = (code: ErrorCode, message = 'what is wrong', details = {}) =>
  answerError(new ServiceError(code, message, details))

describe('the answer to an error of the service', () => {
  const cases: readonly [code: ErrorCode, s3Code: string, status: number][] = [
    ['FILE_NOT_FOUND', 'NoSuchKey', 404],
    ['UPLOAD_NOT_FOUND', 'NoSuchUpload', 404],
    ['UPLOAD_SESSION_EXPIRED', 'NoSuchUpload', 404],
    ['BUCKET_NOT_FOUND', 'NoSuchBucket', 404],
    ['BUCKET_ALREADY_EXISTS', 'BucketAlreadyExists', 409],
    ['BUCKET_NOT_EMPTY', 'BucketNotEmpty', 409],
    ['INVALID_API_KEY', 'InvalidAccessKeyId', 403],
    ['API_KEY_PAUSED', 'AccessDenied', 403],
    ['API_KEY_EXPIRED', 'AccessDenied', 403],
    ['INSUFFICIENT_PERMISSIONS', 'AccessDenied', 403],
    ['ORGANIZATION_ACCESS_DENIED', 'AccessDenied', 403],
    ['STORAGE_QUOTA_EXCEEDED', 'QuotaExceeded', 403],
    ['CHECKSUM_MISMATCH', 'BadDigest', 400],
    ['FILE_SIZE_MISMATCH', 'IncompleteBody', 400],
    ['FILE_TOO_LARGE', 'EntityTooLarge', 400],
    ['VALIDATION_ERROR', 'InvalidArgument', 400],
    ['UNSUPPORTED_FILE_TYPE', 'InvalidArgument', 400],
    ['INVALID_REQUEST', 'InvalidRequest', 400],
    ['METHOD_NOT_ALLOWED', 'MethodNotAllowed', 405],
    ['PRECONDITION_FAILED', 'PreconditionFailed', 412],
    ['RANGE_NOT_SATISFIABLE', 'InvalidRange', 416],
    ['UPLOAD_FENCED', 'OperationAborted', 409],
    ['RATE_LIMIT_EXCEEDED', 'SlowDown', 503],
    ['TOO_MANY_OPEN_UPLOADS', 'SlowDown', 503],
    ['STORAGE_UNAVAILABLE', 'ServiceUnavailable', 503],
    ['OBJECT_DAMAGED', 'ServiceUnavailable', 503],
    ['INTERNAL_ERROR', 'InternalError', 500],
    ['STORAGE_FULL', 'InsufficientStorage', 507],
  ]
  for (const [code, s3Code, status] of cases) {
    it(`${code} is ${s3Code} with ${status}`, () => {
      const rendered = answer(code)
      assert.deepEqual([rendered.problem.code, rendered.status, rendered.serviceCode], [s3Code, status, code])
    })
  }

  it('tells the developer what is wrong with the request', () => {
    assert.equal(answer('VALIDATION_ERROR').problem.message, 'what is wrong')
  })

  it('tells nothing of a fault of the service', () => {
    const fault = answerError(new Error('a path, a query'))
    assert.deepEqual([fault.problem.code, fault.status], ['InternalError', 500])
    assert.ok(!fault.problem.message.includes('a path'))
    assert.ok(!answer('STORAGE_UNAVAILABLE').problem.message.includes('wrong'))
  })

  it('says when to repeat the request', () => {
    assert.deepEqual(answer('RATE_LIMIT_EXCEEDED', '', { retryAfterSeconds: 7 }).headers, {
      'retry-after': '7',
    })
  })
})

describe('the answer to a problem of the protocol', () => {
  it('has the status of its code, its message and its details', () => {
    const found = answerProblem(problem('InvalidRange', 'too far', { ActualObjectSize: '5' }))
    assert.equal(found.status, 416)
    assert.deepEqual(found.problem, {
      kind: 'problem',
      code: 'InvalidRange',
      message: 'too far',
      details: { ActualObjectSize: '5' },
    })
  })

  it('has the message of its code where it has none', () => {
    assert.equal(answerProblem(problem('NoSuchKey', '')).problem.message, 'The specified key does not exist.')
  })

  for (const [code, serviceCode] of [
    ['SignatureDoesNotMatch', 'INVALID_API_KEY'],
    ['AccessDenied', 'INSUFFICIENT_PERMISSIONS'],
    ['NoSuchUpload', 'UPLOAD_NOT_FOUND'],
    ['BadDigest', 'CHECKSUM_MISMATCH'],
    ['MalformedXML', 'INVALID_REQUEST'],
    ['NotImplemented', 'INVALID_REQUEST'],
    ['SlowDown', 'RATE_LIMIT_EXCEEDED'],
  ] as const) {
    it(`is ${serviceCode} in the audit log for ${code}`, () => {
      assert.equal(answerProblem(problem(code, '')).serviceCode, serviceCode)
    })
  }

  it('has a code of the service with a status of the same kind', () => {
    const refused = answerProblem(problem('AccessDenied', ''))
    assert.equal(classifyError(new ServiceError(refused.serviceCode, '')).status, refused.status)
  })
})
