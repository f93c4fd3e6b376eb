import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGoogle } from './google.ts'

describe('the client of Google', () => {
  const endpointOf = (emulatorUrl: string | null) =>
    createGoogle({ bucket: 'a-bucket', prefix: '', emulatorUrl }, 1000).endpoint

  it('uses Google when STORAGE_EMULATOR_HOST is not set or empty', () => {
    for (const value of [undefined, '']) {
      if (value === undefined) delete process.env.STORAGE_EMULATOR_HOST
      else process.env.STORAGE_EMULATOR_HOST = value
      assert.equal(endpointOf(null), 'https://storage.googleapis.com')
    }
  })

  it('uses the configured emulator, with the same paths', () => {
    process.env.STORAGE_EMULATOR_HOST = '127.0.0.1:9000'
    assert.equal(endpointOf('http://127.0.0.1:9000'), 'http://127.0.0.1:9000')
    delete process.env.STORAGE_EMULATOR_HOST
  })
})
