import assert from 'node:assert/strict'
import type { Answer as RealAnswer } from '../protocol/exchange.ts'
import { md5 } from '../protocol/session.ts'
import { crc32c, sha256 } from './checksums.ts'
import type { OpenedSession } from './service.ts'
import type { Answer, Session } from './session-model.ts'

/** Compares an answer of the service with that of the model. `session` is the session of the model after the answer. */
export function assertAnswer(
  answer: RealAnswer,
  expected: Answer,
  { opened, session, no308 }: { opened: OpenedSession; session: Session; no308: boolean },
): void {
  assert.equal(answer.headers['access-control-allow-origin'], '*')
  if (expected.kind !== 'headers') {
    assert.equal(answer.headers['x-guploader-uploadid'], opened.uploadId)
    assert.equal(answer.headers.location, undefined)
  }
  switch (expected.kind) {
    case 'incomplete':
      assertIncomplete(answer, expected.offset, no308)
      return
    case 'object':
      assertObject(answer, opened, session)
      return
    case 'headers':
      assertHeaders(answer, expected, opened, session)
      return
    case 'text':
      assert.deepEqual(textOf(answer), { status: expected.status, body: expected.text })
      assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
      return
    case 'bare':
      assert.equal(answer.status, expected.status)
      return
    case 'error':
      assertError(answer, expected)
      return
  }
}

function assertHeaders(
  { status, headers }: RealAnswer,
  expected: Extract<Answer, { kind: 'headers' }>,
  { fileId }: OpenedSession,
  { state, creator }: Session,
): void {
  const told = Object.fromEntries(Object.keys(expected.headers).map((name) => [name, headers[name]]))
  assert.deepEqual({ status, headers: told }, { status: expected.status, headers: expected.headers })
  if (status >= 300 || expected.headers['upload-offset'] === undefined) return
  const isRegistered = state === 'finished' && creator !== 'upload-url'
  if (isRegistered) assert.equal(headers['x-waybill-file-id'], fileId)
}

function textOf({ status, body }: RealAnswer) {
  return { status, body }
}

function assertIncomplete({ status, headers, body }: RealAnswer, offset: number, no308: boolean): void {
  assert.deepEqual(
    { status, range: headers.range, override: headers['x-http-status-code-override'], body },
    {
      status: no308 ? 200 : 308,
      range: offset === 0 ? undefined : `bytes=0-${offset - 1}`,
      override: no308 ? '308' : undefined,
      body: '',
    },
  )
}

function assertObject(
  answer: RealAnswer,
  { objectName, checksums }: OpenedSession,
  { held, announced }: Session,
): void {
  assert.equal(answer.status, 200)
  const { kind, name, size, crc32c: stored, md5Hash, sha256Hash } = JSON.parse(answer.body)
  assert.deepEqual(
    { kind, name, size, stored, md5Hash, sha256Hash },
    {
      kind: 'storage#object',
      name: objectName,
      size: String(held.length),
      stored: crc32c(held),
      md5Hash: checksums.includes('md5') ? md5(held) : (announced.md5 ?? undefined),
      sha256Hash: checksums.includes('sha256') ? sha256(held) : undefined,
    },
  )
}

function assertError({ status, body }: RealAnswer, expected: Extract<Answer, { kind: 'error' }>): void {
  assert.equal(status, expected.status)
  const { error } = JSON.parse(body)
  assert.equal(error.code, expected.status)
  assert.equal(error.errors[0].reason, expected.reason)
  if (expected.message !== null) assert.equal(error.message, expected.message)
}
