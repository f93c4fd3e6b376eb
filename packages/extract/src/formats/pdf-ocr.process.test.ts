import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { missingPackage } from '../../test/missing-package.ts'
import { imagesPdfOf, pdfOf, scanOf, scanOfPdf } from '../../test/sample-files.ts'
import { extractParts } from '../extract-parts.ts'
import { MissingRecognizer } from '../ocr/missing-recognizer.ts'
import { UnreadableFile } from '../unreadable-file.ts'

const HARBOUR = ['The annual report of the harbour office lists', 'every vessel that entered the port.']
const GRAIN = ['Grain and timber made up more than half', 'of all goods in 1984.']
const OCR = { languages: ['eng'], maxPages: 3, isDeferred: false }

async function pagesOf(bytes: Buffer, ocr: Parameters<typeof extractParts>[2]): Promise<string[]> {
  const texts: string[] = []
  for await (const { page, text } of await extractParts('pdf', bytes, ocr))
    texts.push(`${page}: ${text.trimEnd().replaceAll('\n', ' ')}`)
  return texts
}

const isUnreadable = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof UnreadableFile, String(error))
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

describe('a scanned PDF with OCR', { skip: missingPackage() }, () => {
  it('has the text of its pages', async () => {
    const pages = await pagesOf(await scanOfPdf(pdfOf([HARBOUR, [], GRAIN])), OCR)
    assert.deepEqual(pages, [`1: ${HARBOUR.join(' ')}`, `3: ${GRAIN.join(' ')}`])
  })

  it('is refused with the next step when no text is found', async () => {
    await assert.rejects(
      pagesOf(scanOf(100), OCR),
      isUnreadable('unsupported_file', /OCR found no text in it. Scan it upright/),
    )
  })

  it('has no text of a picture whose patterns look like letters', async () => {
    const [width, height] = [850, 1100]
    const data = Uint8Array.from({ length: width * height }, (_, index) => {
      const [x, y] = [index % width, Math.floor(index / width)]
      return Math.sin(x / 40 + Math.sin(y / 24) * 3) * Math.cos(y / 40) > 0.2 ? 30 : 220
    })
    await assert.rejects(
      pagesOf(imagesPdfOf([{ width, height, data }]), OCR),
      isUnreadable('unsupported_file', /no text/),
    )
  })

  it('does not blame the file for a model that is not installed', async () => {
    const ocr = { ...OCR, languages: ['eng', 'xxx'] }
    await assert.rejects(pagesOf(scanOf(100), ocr), MissingRecognizer)
  })
})

describe('a PDF with OCR', () => {
  it('is not read while OCR is deferred, unless all of its pages have text', async () => {
    const ocr = { languages: ['xxx'], maxPages: 3, isDeferred: true }
    await assert.rejects(pagesOf(scanOf(100), ocr), isUnreadable('needs_ocr', /recognized later/))
    assert.deepEqual(await pagesOf(pdfOf([['typed'], GRAIN]), ocr), ['1: typed', `2: ${GRAIN.join(' ')}`])
  })

  it('has its text layer without recognition', async () => {
    const ocr = { languages: ['xxx'], maxPages: 1, isDeferred: false }
    assert.deepEqual(await pagesOf(pdfOf([['typed'], [], GRAIN]), ocr), ['1: typed', `3: ${GRAIN.join(' ')}`])
  })

  it('is refused when more pages are scanned than allowed, before any is recognized', async () => {
    const image = { width: 1, height: 1, data: Buffer.alloc(1) }
    const ocr = { languages: ['xxx'], maxPages: 3, isDeferred: true }
    await assert.rejects(
      pagesOf(imagesPdfOf([image, image, image, image]), ocr),
      isUnreadable('invalid_file', /more than 3 scanned pages. Split it/),
    )
  })
})
