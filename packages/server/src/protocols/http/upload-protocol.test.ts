import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { UploadProtocol } from '../../domain/uploads/upload-session.ts'
import { uploadProtocolOf } from './upload-protocol.ts'

type Row = readonly [method: string, headers: Record<string, string>, protocol: UploadProtocol]

const TUS = { 'tus-resumable': '1.0.0' }
const PARTIAL = { 'content-type': 'application/partial-upload' }
const OFFSET = { 'content-type': 'application/offset+octet-stream' }

const ROWS: Readonly<Record<string, Row>> = {
  'HEAD with Tus-Resumable': ['HEAD', TUS, 'tus'],
  'PATCH with Tus-Resumable': ['PATCH', { ...TUS, ...OFFSET }, 'tus'],
  'PATCH with Tus-Resumable and another content type': ['PATCH', { ...TUS, ...PARTIAL }, 'tus'],
  'PUT with Tus-Resumable': ['PUT', TUS, 'tus'],
  'DELETE with Tus-Resumable': ['DELETE', TUS, 'tus'],
  'HEAD with an empty Tus-Resumable': ['HEAD', { 'tus-resumable': '' }, 'tus'],
  'HEAD with Tus-Resumable and Upload-Complete': ['HEAD', { ...TUS, 'upload-complete': '?1' }, 'tus'],
  'PATCH with the content type of tus alone': ['PATCH', OFFSET, 'tus'],
  'PATCH with Upload-Complete and the content type of tus': [
    'PATCH',
    { ...OFFSET, 'upload-complete': '?1' },
    'ietf',
  ],
  'PATCH with application/partial-upload': ['PATCH', PARTIAL, 'ietf'],
  'PATCH with its parameters and in upper case': [
    'PATCH',
    { 'content-type': 'Application/Partial-Upload; a=b' },
    'ietf',
  ],
  'PUT with Upload-Complete': ['PUT', { 'upload-complete': '?0' }, 'ietf'],
  'POST with an interop version': ['POST', { 'upload-draft-interop-version': '8' }, 'ietf'],
  'DELETE with an interop version': ['DELETE', { 'upload-draft-interop-version': '8' }, 'ietf'],
  'HEAD without a sign': ['HEAD', {}, 'ietf'],
  'GET without a sign': ['GET', {}, 'ietf'],
  'PATCH without a sign': ['PATCH', {}, 'ietf'],
  'PATCH of another content type': ['PATCH', { 'content-type': 'text/plain' }, 'ietf'],
  'PUT without a sign': ['PUT', {}, 'google'],
  'PUT with the content type of tus': ['PUT', OFFSET, 'google'],
  'POST without a sign': ['POST', { 'content-range': 'bytes */*' }, 'google'],
  'DELETE without a sign': ['DELETE', {}, 'google'],
  'a method of no protocol': ['TRACE', {}, 'google'],
}

describe('the protocol of a request on a session URL', () => {
  for (const [name, [method, headers, protocol]] of Object.entries(ROWS)) {
    it(`is ${protocol} for ${name}`, () => {
      assert.equal(uploadProtocolOf({ method, headers }), protocol)
    })
  }
})
