import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { overriddenMethod } from './method-override.ts'

const SESSION_URL = '/upload/storage/v1/b/waybill/o?uploadType=resumable&upload_id=x'
const CREATION_URL = '/v1/organizations/org_1/files/tus'
const TUS = { 'tus-resumable': '1.0.0' }

const ROWS: Readonly<
  Record<string, readonly [url: string, headers: Record<string, string>, method: string | null]>
> = {
  'PATCH on a session URL': [SESSION_URL, { ...TUS, 'x-http-method-override': 'PATCH' }, 'PATCH'],
  'DELETE on a creation URL': [CREATION_URL, { ...TUS, 'x-http-method-override': 'DELETE' }, 'DELETE'],
  'no override': [SESSION_URL, TUS, null],
  'an override without Tus-Resumable': [SESSION_URL, { 'x-http-method-override': 'PATCH' }, null],
  'an override that is no method': [SESSION_URL, { ...TUS, 'x-http-method-override': 'PASTE' }, null],
  'an override that no upload URL has': [SESSION_URL, { ...TUS, 'x-http-method-override': 'CONNECT' }, null],
  'an override in lower case': [SESSION_URL, { ...TUS, 'x-http-method-override': 'patch' }, null],
  'another URL': ['/v1/organizations/org_1/files', { ...TUS, 'x-http-method-override': 'DELETE' }, null],
  'a URL that only begins like one': [
    `${CREATION_URL}/x`,
    { ...TUS, 'x-http-method-override': 'DELETE' },
    null,
  ],
}

describe('X-HTTP-Method-Override', () => {
  for (const [name, [url, headers, method]] of Object.entries(ROWS)) {
    it(`gives ${method ?? 'no other method'} for ${name}`, () => {
      assert.equal(overriddenMethod({ method: 'POST', url, headers }), method)
    })
  }
})
