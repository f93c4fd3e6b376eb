import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject } from './client.ts'
import { assertError, errorOf } from './envelope.ts'
import { type Answer, json } from './exchange.ts'
import * as sample from './sample-files.ts'
import { DOCX, ODT, PPTX, XLSX } from './sample-files.ts'

const WEBM = '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701'
const TEXT = 'plain words, nothing else\n'
const LARGE_TEXT_BYTES = 300_000

describe('the type check of POST /files', { concurrency: 8 }, () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function register(bytes: Uint8Array, declared: string, registered = declared): Promise<Answer> {
    const upload = await client.storeObject({ filename: 'sample', mimeType: declared, bytes })
    return client.register({ ...upload.register, mime_type: registered })
  }

  async function assertAccepted(bytes: Uint8Array, declared: string, registered = declared): Promise<void> {
    const answer = await register(bytes, declared, registered)
    assert.equal(answer.status, 201, answer.bytes.toString())
  }

  async function assertContradicted(bytes: Uint8Array, declared: string, detected?: string): Promise<void> {
    const answer = await register(bytes, declared)
    assertError(answer, 422, 'FILE_TYPE_MISMATCH')
    const { details } = errorOf(answer)
    assert.deepEqual(Object.keys(details).sort(), ['declared', 'detected'])
    assert.equal(details.declared, declared)
    if (detected !== undefined) assert.equal(details.detected, detected)
  }

  describe('accepts bytes of their declared type', () => {
    const cases: readonly [mimeType: string, bytes: Uint8Array][] = [
      ['image/png', sample.png()],
      ['image/jpeg', sample.jpeg()],
      ['image/gif', sample.gif()],
      ['image/webp', sample.webp()],
      ['image/bmp', sample.bmp()],
      ['application/pdf', sample.pdf()],
      ['application/zip', sample.plainZip()],
      ['application/gzip', sample.gzip()],
      ['video/mp4', sample.mp4()],
      ['audio/wav', sample.wav()],
      ['audio/mpeg', sample.mp3()],
      ['audio/flac', sample.flac()],
      [DOCX, sample.officeFile(DOCX)],
      [XLSX, sample.officeFile(XLSX)],
      [PPTX, sample.officeFile(PPTX)],
      [ODT, sample.openDocumentText()],
      ['application/msword', sample.compoundFile()],
      ['application/vnd.ms-excel', sample.compoundFile()],
      ['application/vnd.ms-powerpoint', sample.compoundFile()],
    ]
    for (const [mimeType, bytes] of cases) {
      it(mimeType, async () => {
        const answer = await register(bytes, mimeType)
        assert.equal(answer.status, 201, answer.bytes.toString())
        assert.equal(json<FileObject>(answer).mime_type, mimeType)
      })
    }

    for (const style of ['deflated', 'streamed'] as const) {
      it(`Office files that are ${style}`, async () => {
        await Promise.all(
          [DOCX, XLSX, PPTX].map((type) => assertAccepted(sample.officeFile(type, style), type)),
        )
      })
    }
  })

  describe('refuses bytes of another known type', () => {
    const cases: readonly [title: string, bytes: Uint8Array, declared: string, detected: string][] = [
      ['PNG as PDF', sample.png(), 'application/pdf', 'image/png'],
      ['PNG as JPEG', sample.png(), 'image/jpeg', 'image/png'],
      ['PNG as plain text', sample.png(), 'text/plain', 'image/png'],
      ['PNG as JSON', sample.png(), 'application/json', 'image/png'],
      ['PNG as HTML', sample.png(), 'text/html', 'image/png'],
      ['PNG as an Office file', sample.png(), DOCX, 'image/png'],
      ['JPEG as PNG', sample.jpeg(), 'image/png', 'image/jpeg'],
      ['PDF as PNG', sample.pdf(), 'image/png', 'application/pdf'],
      ['GIF as WebP', sample.gif(), 'image/webp', 'image/gif'],
      ['MP4 as PNG', sample.mp4(), 'image/png', 'video/mp4'],
      ['PNG as MP4', sample.png(), 'video/mp4', 'image/png'],
      ['gzip as ZIP', sample.gzip(), 'application/zip', 'application/gzip'],
      ['ZIP as gzip', sample.plainZip(), 'application/gzip', 'application/zip'],
      ['ZIP as a Word file', sample.plainZip(), DOCX, 'application/zip'],
      ['a Word file as PDF', sample.officeFile(DOCX), 'application/pdf', DOCX],
      ['a Word file as an Excel file', sample.officeFile(DOCX), XLSX, DOCX],
      ['a Word file as a PowerPoint file', sample.officeFile(DOCX), PPTX, DOCX],
      ['an Excel file as a Word file', sample.officeFile(XLSX), DOCX, XLSX],
      ['a PowerPoint file as an Excel file', sample.officeFile(PPTX), XLSX, PPTX],
      ['an OpenDocument text as a Word file', sample.openDocumentText(), DOCX, ODT],
    ]
    for (const [title, bytes, declared, detected] of cases) {
      it(title, () => assertContradicted(bytes, declared, detected))
    }

    it('a Word file as an Excel file, in any form of ZIP', async () => {
      for (const style of ['deflated', 'streamed'] as const) {
        await assertContradicted(sample.officeFile(DOCX, style), XLSX, DOCX)
      }
    })

    it('an older Office file as PNG', () => assertContradicted(sample.compoundFile(), 'image/png'))
  })

  describe('refuses a type with a known signature that the bytes do not have', () => {
    const types = [
      ...['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'application/pdf', 'video/mp4'],
      ...['application/zip', 'application/gzip', 'audio/wav', 'audio/mpeg', DOCX, XLSX],
    ]
    for (const type of types) {
      it(`text as ${type}`, () => assertContradicted(Buffer.from(TEXT), type))
    }

    it('bytes without any signature as PNG', () =>
      assertContradicted(Buffer.from('0102fffe03f7', 'hex'), 'image/png'))

    it('an incomplete signature', () => assertContradicted(sample.png().subarray(0, 5), 'image/png'))

    it('a signature one byte after its position', () =>
      assertContradicted(Buffer.concat([Buffer.from([0xff]), sample.png()]), 'image/png'))

    for (const type of ['IMAGE/PNG', 'Image/Png', 'image/png; charset=binary', 'image/png;x=y']) {
      it(`also in the spelling ${type}`, async () => {
        assertError(await register(Buffer.from(TEXT), type), 422, 'FILE_TYPE_MISMATCH')
        await assertAccepted(sample.png(), type)
      })
    }
  })

  describe('never contradicts application/octet-stream', () => {
    const cases: readonly [title: string, bytes: Uint8Array][] = [
      ['PNG', sample.png()],
      ['PDF', sample.pdf()],
      ['a Word file', sample.officeFile(DOCX)],
      ['an MP4 film', sample.mp4()],
      ['text', Buffer.from(TEXT)],
      ['a byte', Buffer.from([0])],
      ['no known bytes', sample.patternedBytes(1000)],
    ]
    for (const [title, bytes] of cases) {
      it(title, () => assertAccepted(bytes, 'application/octet-stream'))
    }
  })

  describe('accepts text whose first letters look like a signature', () => {
    const texts = [
      ...['BMW,Audi\n', 'MZ,value\n1,2\n', 'PK is short for primary key', 'GIF89a is a format\n'],
      ...['%PDF is how it starts', 'ID3 tags explained', 'RIFF and WAVE', 'OggS', 'Rar! and more', 'fLaC'],
      ...['#!/bin/sh\nexit 0\n', '{\\rtf1 as an example', '<?xml version="1.0"?><a/>', '<svg/>', 'II* MM'],
      ...['8BPS', 'FLV', 'BZh91', '7z', 'SQLite format 3', 'wOFF', '!<arch>\n', 'ftypisom', 'FWS CWS'],
    ]
    const types = ['text/plain', 'text/csv', 'text/markdown', 'text/x-python', 'application/json']
    for (const text of texts) {
      it(JSON.stringify(text), async () => {
        await Promise.all(types.map((type) => assertAccepted(Buffer.from(text), type)))
      })
    }
  })

  describe('accepts text for every type of text', () => {
    const types = [
      ...['text/plain', 'text/html', 'text/css', 'text/csv', 'text/markdown', 'text/calendar', 'text/xml'],
      ...['text/x-python', 'text/x-c', 'text/typescript', 'text/javascript', 'application/javascript'],
      ...['application/json', 'application/ld+json', 'application/xml', 'application/xhtml+xml'],
      ...['image/svg+xml', 'application/yaml', 'application/x-yaml', 'application/typescript'],
      ...['application/x-sh', 'application/sql', 'text/plain; charset=utf-8'],
    ]
    for (const type of types) {
      it(type, async () => {
        await assertAccepted(Buffer.from(TEXT), type)
        await assertAccepted(Buffer.from('BMW\n'), type)
      })
    }

    const sources: readonly [title: string, type: string, bytes: Uint8Array][] = [
      ['JSON', 'application/json', Buffer.from('{"a":[1,2,{"b":null}]}')],
      ['JSON with a byte order mark', 'application/json', sample.utf8WithMark('{"a":1}')],
      ['plain text with a byte order mark', 'text/plain', sample.utf8WithMark('BMW')],
      ['CSV with a byte order mark', 'text/csv', sample.utf8WithMark('MZ,value\n')],
      ['SVG with an XML declaration', 'image/svg+xml', Buffer.from('<?xml version="1.0"?><svg/>')],
      ['XML', 'application/xml', Buffer.from('<?xml version="1.0"?><a/>')],
      ['XML as text', 'text/plain', Buffer.from('<?xml version="1.0"?><a/>')],
      ['HTML', 'text/html', Buffer.from('<!doctype html><p>hello')],
      ['YAML', 'application/yaml', Buffer.from('---\na: 1\n')],
      ['TypeScript', 'application/typescript', Buffer.from('export const a: number = 1\n')],
      ['UTF-16', 'text/plain', sample.utf16WithMark('wide words')],
      ['Latin-1', 'text/csv', Buffer.from('caf\xe9;1\n', 'latin1')],
    ]
    for (const [title, type, bytes] of sources) {
      it(title, () => assertAccepted(bytes, type))
    }

    // In two of these three files a sample of any size ends inside a character.
    for (const start of ['BM', 'BMW', 'BMWs']) {
      it(`${LARGE_TEXT_BYTES} bytes of characters of three bytes after ${start}`, async () => {
        const bytes = Buffer.from(start + '€'.repeat(LARGE_TEXT_BYTES / 3))
        await assertAccepted(bytes, 'text/plain')
      })
    }

    it(`${LARGE_TEXT_BYTES} bytes of characters of three bytes`, () =>
      assertAccepted(Buffer.alloc(LARGE_TEXT_BYTES, '€'), 'text/plain'))

    it('of characters of four bytes', () =>
      assertAccepted(Buffer.from(`BM${'😀'.repeat(30_000)}`), 'text/csv'))
  })

  describe('treats the names of one type as equal', () => {
    const families: readonly [names: readonly [string, string, ...string[]], bytes: Uint8Array][] = [
      [['image/jpeg', 'image/jpg'], sample.jpeg()],
      [['image/bmp', 'image/x-ms-bmp'], sample.bmp()],
      [['image/x-icon', 'image/vnd.microsoft.icon'], sample.icon()],
      [['application/zip', 'application/x-zip-compressed'], sample.plainZip()],
      [['application/gzip', 'application/x-gzip'], sample.gzip()],
      [['application/xml', 'text/xml'], Buffer.from('<?xml version="1.0"?><a/>')],
      [['text/javascript', 'application/javascript'], Buffer.from('let a = 1\n')],
      [['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave'], sample.wav()],
      [['audio/mpeg', 'audio/mp3'], sample.mp3()],
      [['audio/flac', 'audio/x-flac'], sample.flac()],
    ]
    for (const [[first, ...others], bytes] of families) {
      for (const alias of others) {
        it(`${alias} is ${first}`, async () => {
          await assertAccepted(bytes, alias)
          await assertAccepted(bytes, alias, first)
          await assertAccepted(bytes, first, alias)
        })
      }
    }

    it('but refuses an alias that the bytes contradict', async () => {
      for (const alias of ['image/jpg', 'audio/x-wav', 'application/x-zip-compressed']) {
        await assertContradicted(sample.png(), alias, 'image/png')
      }
    })
  })

  describe('answers with the detected type beside the declared one', () => {
    const cases: readonly [declared: string, bytes: Uint8Array, detected: string | null][] = [
      ['image/jpg', sample.jpeg(), 'image/jpeg'],
      ['application/octet-stream', sample.png(), 'image/png'],
      ['application/zip', sample.officeFile(DOCX), DOCX],
      [XLSX, sample.compoundFile(), 'application/x-cfb'],
      ['text/csv', Buffer.from('BMI;Gr\xf6\xdfe\n', 'latin1'), null],
      ['application/x-custom', sample.patternedBytes(500), null],
    ]
    for (const [declared, bytes, detected] of cases) {
      it(`${detected} for ${declared}`, async () => {
        const made = json<FileObject>(await register(bytes, declared))
        assert.equal(made.mime_type, declared)
        assert.equal(made.detected_mime_type, detected)
        assert.deepEqual(json(await client.get(`/files/${made.id}`)), made)
      })
    }
  })

  describe('keeps the parameters of the session and compares without them', () => {
    const cases: readonly [declared: string, registered: string, bytes: Uint8Array][] = [
      ['text/plain; charset=utf-8', 'text/plain', Buffer.from(TEXT)],
      ['text/plain', 'text/plain;charset=utf-8', Buffer.from(TEXT)],
      ['video/mp4; codecs="avc1.42E01E, mp4a.40.2"', 'video/mp4;codecs=avc1', sample.mp4()],
      ['video/webm;codecs=vp8,opus', 'video/webm;codecs=vp8,opus', Buffer.from(WEBM, 'hex')],
    ]
    for (const [declared, registered, bytes] of cases) {
      it(`${declared}, registered as ${registered}`, async () => {
        const made = json<FileObject>(await register(bytes, declared, registered))
        assert.equal(made.mime_type, declared)
        const content = await client.content(made.id)
        assert.equal(content.mime_type, declared)
        const downloaded = await fetch(content.download_url)
        assert.equal(downloaded.headers.get('content-type'), declared)
      })
    }

    it('and stores the declared type without surrounding spaces', async () => {
      const made = json<FileObject>(await register(Buffer.from(TEXT), ' text/plain;charset=utf-8;\t'))
      assert.equal(made.mime_type, 'text/plain;charset=utf-8')
    })
  })

  describe('accepts any unknown type', () => {
    it('also with the signature of another', () => assertAccepted(sample.png(), 'application/x-custom'))

    for (const type of ['application/x-custom', 'chemical/x-pdb', 'application/vnd.example.thing+v2']) {
      it(type, async () => {
        await assertAccepted(sample.patternedBytes(500), type)
        await assertAccepted(Buffer.from(TEXT), type)
      })
    }
  })
})
