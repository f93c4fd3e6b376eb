import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingPackage } from '../../../extract/test/missing-package.ts'
import { checkOcr } from './check-ocr.ts'

describe('checkOcr', { skip: missingPackage() }, () => {
  it('accepts a language whose model is installed', () => checkOcr({ languages: ['eng'] }))

  it('names the packages to install for the other languages', async () => {
    await assert.rejects(checkOcr({ languages: ['eng', 'deu', 'fra'] }), {
      message:
        'OCR_LANGUAGES needs packages that are not installed: run "npm install @tesseract.js-data/deu @tesseract.js-data/fra" where waybill is installed',
    })
  })
})
