import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { renderOpenaiError, retryAfterMs } from './error-body.ts'

interface Body {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: unknown
    readonly code: unknown
  }
}

const REQUEST = {
  method: 'GET',
  url: '/v1/files/file-1?token=secret',
  params: { file_id: 'file_1', vector_store_id: 'vs_1', batch_id: 'vsfb_1' },
  body: null,
}

const render = (error: unknown) => {
  const { status, headers, body } = renderOpenaiError(error, REQUEST)
  return { status, headers, ...(body as Body).error }
}

const TABLE: readonly (readonly [code: ErrorCode, status: number, openaiCode: string | null])[] = [
  ['INVALID_JSON', 400, 'invalid_json'],
  ['INVALID_REQUEST', 400, 'invalid_value'],
  ['VALIDATION_ERROR', 400, 'invalid_value'],
  ['CHECKSUM_MISMATCH', 400, 'checksum_mismatch'],
  ['FILE_SIZE_MISMATCH', 400, 'bytes_mismatch'],
  ['FILE_TYPE_MISMATCH', 400, 'unsupported_file'],
  ['UNSUPPORTED_FILE_TYPE', 400, 'unsupported_file'],
  ['UPLOAD_SESSION_EXPIRED', 400, 'upload_not_pending'],
  ['STORAGE_QUOTA_EXCEEDED', 400, 'storage_quota_exceeded'],
  ['VECTOR_STORE_EXPIRED', 400, 'vector_store_expired'],
  ['CONTEXT_LENGTH_EXCEEDED', 400, 'context_length_exceeded'],
  ['AUTHENTICATION_REQUIRED', 401, 'invalid_api_key'],
  ['INVALID_API_KEY', 401, 'invalid_api_key'],
  ['API_KEY_EXPIRED', 401, 'invalid_api_key'],
  ['API_KEY_PAUSED', 401, 'invalid_api_key'],
  ['API_KEY_DEACTIVATED', 401, 'invalid_api_key'],
  ['INSUFFICIENT_PERMISSIONS', 403, 'missing_scope'],
  ['FILE_NOT_FOUND', 404, null],
  ['VECTOR_STORE_NOT_FOUND', 404, null],
  ['FILE_NOT_IN_STORE', 404, null],
  ['FILE_BATCH_NOT_FOUND', 404, null],
  ['RESPONSE_NOT_FOUND', 404, null],
  ['THREAD_NOT_FOUND', 404, null],
  ['NOT_FOUND', 404, null],
  ['METHOD_NOT_ALLOWED', 405, 'method_not_allowed'],
  ['FILE_TOO_LARGE', 413, 'file_too_large'],
  ['REQUEST_TOO_LARGE', 413, 'file_too_large'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'unsupported_content_type'],
  ['RATE_LIMIT_EXCEEDED', 429, 'rate_limit_exceeded'],
  ['INTERNAL_ERROR', 500, 'server_error'],
  ['OBJECT_DAMAGED', 503, 'service_unavailable'],
  ['STORAGE_UNAVAILABLE', 503, 'service_unavailable'],
  ['SERVICE_UNAVAILABLE', 503, 'service_unavailable'],
  ['STORAGE_FULL', 507, 'storage_full'],
]

describe('an error of the OpenAI API', () => {
  it('lets clients retry a locked conversation by themselves', () => {
    const { status, code, headers } = render(new ServiceError('THREAD_BUSY', 'another response is running'))
    assert.deepEqual({ status, code, headers }, { status: 409, code: 'conversation_locked', headers: {} })
  })

  for (const [code, status, openaiCode] of TABLE) {
    it(`for ${code} is ${status} ${openaiCode}`, () => {
      const rendered = render(new ServiceError(code, 'why it failed'))
      assert.deepEqual([rendered.status, rendered.code], [status, openaiCode])
      assert.ok(!rendered.message.includes('token=secret'))
    })
  }

  it('does not say what failed inside the service', () => {
    for (const thrown of [
      new Error('SELECT 1 at /srv'),
      new ServiceError('STORAGE_UNAVAILABLE', 'host db1'),
    ]) {
      const { message } = render(thrown)
      assert.doesNotMatch(message, /SELECT|srv|db1/)
    }
  })

  it('says when a client must not retry, and otherwise when it may', () => {
    assert.deepEqual(render(new ServiceError('STORAGE_FULL', 'x')).headers, { 'x-should-retry': 'false' })
    assert.equal(render(new ServiceError('UPLOAD_FENCED', 'x')).headers['x-should-retry'], 'false')
    assert.deepEqual(render(new ServiceError('SERVICE_UNAVAILABLE', 'x')).headers, { 'retry-after': '2' })
    assert.deepEqual([retryAfterMs(2), retryAfterMs(300)], ['2000', '60000'])
  })

  it('names the place and the kind of the problem', () => {
    const { message, param, code } = render(
      invalidValue('files[3].attributes', 'wrong_type', 'must be an object'),
    )
    assert.deepEqual(
      [message, param, code],
      ["Invalid 'files[3].attributes': must be an object.", 'files[3].attributes', 'invalid_type'],
    )
    const missing = render(invalidValue('query', 'missing', 'is required'))
    assert.deepEqual(
      [missing.message, missing.code],
      ["Missing required parameter: 'query'.", 'missing_required_parameter'],
    )
  })
})
