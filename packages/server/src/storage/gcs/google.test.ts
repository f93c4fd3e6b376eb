import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createGoogle } from './google.ts'

describe('Google’s client', () => {
  const endpointOf = (emulatorUrl: string | null) =>
    createGoogle({ bucket: 'a-bucket', prefix: '', emulatorUrl }, 1000).endpoint

  it('goes to Google where no emulator is named, or an empty one', () => {
    for (const value of [undefined, '']) {
      if (value === undefined) delete process.env.STORAGE_EMULATOR_HOST
      else process.env.STORAGE_EMULATOR_HOST = value
      assert.equal(endpointOf(null), 'https://storage.googleapis.com')
    }
  })

  it('goes to the emulator that is named, by the same paths', () => {
    process.env.STORAGE_EMULATOR_HOST = '127.0.0.1:9000'
    assert.equal(endpointOf('http://127.0.0.1:9000'), 'http://127.0.0.1:9000')
    delete process.env.STORAGE_EMULATOR_HOST
  })
})
