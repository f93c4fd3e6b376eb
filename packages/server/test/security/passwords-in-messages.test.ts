import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startApp } from '../start-app.ts'
import { isUsable, PASSWORD, printedSettings, URLS } from './urls-with-passwords.ts'

describe('a URL with a password', () => {
  for (const url of URLS) {
    it(`is shown without it, and not echoed in a refusal: ${url.replaceAll(PASSWORD, '…')}`, () => {
      for (const name of ['DATABASE_URL', 'STORAGE_URL']) {
        const text = printedSettings({ [name]: url, STORAGE_EMULATOR_HOST: '127.0.0.1:1' })
        assert.ok(!text.includes(PASSWORD), text)
      }
    })
  }

  for (const url of URLS.filter(isUsable)) {
    it(`is not in the error of a start that fails with it: ${url.replaceAll(PASSWORD, '…')}`, async () => {
      const error = await startApp({ env: { DATABASE_URL: url } }).then(
        () => assert.fail('it started'),
        (reason: Error) => reason,
      )
      assert.match(error.message, /DATABASE_URL/)
      assert.ok(!error.message.includes(PASSWORD), error.message)
    })
  }

  for (const name of ['PUBLIC_URL', 'CORS_ORIGINS', 'STORAGE_EMULATOR_HOST', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    it(`is shown without it as the value of ${name}`, () => {
      const value = `https://user:${PASSWORD}@host/?key=${PASSWORD}`
      const text = printedSettings({ [name]: value, STORAGE_URL: 'gs://a-bucket' })
      assert.ok(!text.includes(PASSWORD), text)
    })
  }
})
