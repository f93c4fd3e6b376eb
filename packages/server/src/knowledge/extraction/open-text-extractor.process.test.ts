import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { missingPackage } from '../../../../extract/test/missing-package.ts'
import * as sample from '../../../../extract/test/sample-files.ts'
import { type ExtractableFile, ExtractionFailure, OcrNeeded } from '../text-extractor.ts'
import { findIsolation, isolatedNode } from './isolation.ts'
import { DEFAULT_LIMITS, withOcr } from './limits.ts'
import { openTextExtractor } from './open-text-extractor.ts'

const officeCrypto: typeof import('officecrypto-tool') = createRequire(import.meta.url)('officecrypto-tool')

const OFFICE = 'application/vnd.openxmlformats-officedocument.'
const DOCX = `${OFFICE}wordprocessingml.document`
const XLSX = `${OFFICE}spreadsheetml.sheet`
const PDF = 'application/pdf'

const extractor = await openTextExtractor()
after(() => extractor.close())
const isolation = await findIsolation(15_000)
const NEVER = new AbortController().signal

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536)
}

function fileOf(
  content: Buffer | string,
  filename: string,
  detectedContentType: string | null = null,
): ExtractableFile {
  const bytes = Buffer.from(content as string)
  const contentType = 'application/octet-stream'
  return { filename, contentType, detectedContentType, sizeBytes: bytes.length, bytes: chunksOf(bytes) }
}

async function textOf(file: ExtractableFile): Promise<string> {
  const { parts } = await extractor.extract(file, NEVER)
  return parts.map((part) => part.text).join('')
}

/** Returns the result of the work. Asserts that other work of this process went on meanwhile. */
async function whileOthersWork<T>(work: Promise<T>): Promise<T> {
  let turns = 0
  const timer = setInterval(() => turns++, 5)
  try {
    return await work
  } finally {
    clearInterval(timer)
    assert.ok(turns > 0, 'the event loop was blocked')
  }
}

const isFailure = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ExtractionFailure, String(error))
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

const DEEP = 100_000
const MIB = 1024 * 1024

/** Files that are made to exhaust a reader, by the message of their failure. */
const REFUSED: Readonly<Record<string, readonly [() => ExtractableFile, RegExp]>> = {
  'a DOCX of 10 GB of zeros': [
    () => {
      const part = {
        name: 'word/document.xml',
        deflated: sample.deflatedZeros(3_400),
        declaredBytes: 3_400 * MIB,
      }
      const others = ['a', 'b'].map((name) => ({ ...part, name }))
      return fileOf(sample.rawZipOf([part, ...others]), 'a.docx', DOCX)
    },
    /larger than 200 MB/,
  ],
  'a DOCX that declares 10 bytes and contains 1 GB': [
    () => {
      const part = { name: 'word/document.xml', deflated: sample.deflatedZeros(1_024), declaredBytes: 10 }
      return fileOf(sample.rawZipOf([part]), 'a.docx', DOCX)
    },
    /damaged/,
  ],
  'an XLSX with 60,000 entries that share their bytes': [
    () => {
      const entry = { name: 'a', deflated: sample.deflatedZeros(0), declaredBytes: 0 }
      return fileOf(sample.rawZipOf(Array.from({ length: 60_000 }, () => entry)), 'a.xlsx', XLSX)
    },
    /more than 5,000 files/,
  ],
  'a PDF page of 400 MB': [
    () => fileOf(sample.pdfBombOf(400 * MIB), 'a.pdf', PDF),
    /more than 512 MB of memory|more than 15 seconds/,
  ],
  'a DOCX with elements 100,000 deep': [
    () => fileOf(sample.docxOf('<w:sdt><w:sdtContent>'.repeat(DEEP)), 'a.docx', DOCX),
    /damaged|more than 512 MB of memory|more than 15 seconds/,
  ],
  'a table of 2 million rows': [
    () => fileOf('a\n'.repeat(2_000_000), 'a.csv'),
    /more than 1,000,000 paragraphs or rows/,
  ],
  'an HTML page with 100 MB of text': [
    () => fileOf(Buffer.alloc(100 * MIB, 'a'), 'a.html'),
    /over the limit of 64 MiB|more than 512 MB of memory|more than 15 seconds/,
  ],
}

const ENTITIES = `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}">${Array.from({ length: 10 }, (_, n) => `<!ENTITY b${n} "${`&${n === 0 ? 'a' : `b${n - 1}`};`.repeat(10)}">`).join('')}]>`

/** Files that look like the ones above and have a text, by its end. */
const READ: Readonly<Record<string, readonly [() => ExtractableFile, RegExp]>> = {
  'HTML 100,000 levels deep': [
    () => fileOf(`<!doctype html>${'<div><b><table><td>'.repeat(DEEP)}end`, 'a.html', 'text/html'),
    /end\n$/,
  ],
  'XML 100,000 levels deep': [
    () => fileOf(`<?xml version="1.0"?>${'<a b="c">'.repeat(DEEP)}end`, 'a.xml'),
    /end\n$/,
  ],
  'JSON 100,000 levels deep': [() => fileOf(`${'[{"a":'.repeat(DEEP)}"end"`, 'a.json'), /end\n$/],
  'XML with 10 billion expanded entities': [() => fileOf(`${ENTITIES}<x>&b9;end</x>`, 'a.xml'), /&b9;end\n$/],
  'Markdown with a million unclosed marks': [
    () =>
      fileOf(`${'[![<a '.repeat(200_000)}\n${'-'.repeat(1_000_000)}x\n|${'#'.repeat(1_000_000)} end`, 'a.md'),
    /end$/,
  ],
  'subtitles with a million unclosed tags': [
    () =>
      fileOf(
        `1\n00:00:01,000 --> 00:00:02,000\n${'<v.a '.repeat(200_000)}${' '.repeat(1_000_000)}end`,
        'a.srt',
      ),
    /end\n$/,
  ],
  'a text of 60 MB without a space': [() => fileOf(Buffer.alloc(60 * MIB, 'a'), 'a.txt'), /a$/],
  'a DOCX that contains a ZIP bomb': [
    () => {
      const bomb = sample.rawZipOf([
        { name: 'a', deflated: sample.deflatedZeros(1_024), declaredBytes: 1_024 * MIB },
      ])
      return fileOf(
        sample.docxOf(sample.wordParagraph('end'), '', { 'word/embeddings/a.zip': bomb }),
        'a.docx',
        DOCX,
      )
    },
    /end\n$/,
  ],
  'a sheet that declares 17 billion cells': [
    () => {
      const sheet =
        '<worksheet><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="str"><v>end</v></c></row></sheetData></worksheet>'
      return fileOf(sample.xlsxOf(sheet), 'a.xlsx', XLSX)
    },
    /end\n$/,
  ],
}

describe('a hostile file', () => {
  for (const [name, [make, message]] of Object.entries(REFUSED))
    it(`is refused: ${name}`, async () => {
      await assert.rejects(whileOthersWork(textOf(make())), isFailure('invalid_file', message))
    })

  for (const [name, [make, end]] of Object.entries(READ))
    it(`is read: ${name}`, async () => {
      const text = await textOf(make())
      assert.match(text.slice(-100), end)
    })

  it('is refused by its size before it is read', async () => {
    for (const [name, message] of [
      ['a.txt', /over the limit of 64 MiB/],
      ['a.html', /over the limit of 128 MiB/],
    ] as const) {
      const bytes = chunksOf(Buffer.alloc(65_536, 'a'))
      const file = { ...fileOf('', name), sizeBytes: 200 * MIB, bytes }
      await assert.rejects(textOf(file), isFailure('invalid_file', message))
    }
  })

  it('is ended after the limit of CPU time', async () => {
    const hurried = await openTextExtractor({ limits: { maxCpuMs: 1_000 } })
    try {
      const file = fileOf(sample.pdfBombOf(200 * MIB), 'a.pdf', PDF)
      await assert.rejects(hurried.extract(file, NEVER), isFailure('invalid_file', /more than 1 seconds/))
    } finally {
      await hurried.close()
    }
  })

  it('is ended after the time limit, in a thread too, and the next file is read', async () => {
    const hurried = await openTextExtractor({ limits: { maxReadMs: 1 } })
    try {
      const slow = [fileOf('['.repeat(20 * MIB), 'a.json'), fileOf(sample.pdfOf([['x']]), 'a.pdf', PDF)]
      for (const file of slow)
        await assert.rejects(
          hurried.extract(file, NEVER),
          isFailure('invalid_file', /more than 0.001 seconds/),
        )
    } finally {
      await hurried.close()
    }
    assert.equal(await textOf(fileOf('next', 'a.txt')), 'next')
  })
})

describe('a protected file', () => {
  it('is refused with the next step: DOCX with a password', async () => {
    const docx = sample.docxOf(sample.wordParagraph('secret'))
    const locked = officeCrypto.encrypt(docx, { password: 'secret', type: 'standard' })
    const file = fileOf(locked, 'a.docx', 'application/x-cfb')
    await assert.rejects(textOf(file), isFailure('unsupported_file', /Remove the password/))
  })
})

describe('a scan with OCR', { skip: missingPackage() }, () => {
  const ocr = { languages: ['eng'], maxPages: 1 }
  const scan = async () =>
    fileOf(await sample.scanOfPdf(sample.pdfOf([['The harbour office']])), 'a.pdf', PDF)

  it('is read by a process without rights', async (t) => {
    const reading = await openTextExtractor({ ocr })
    t.after(() => reading.close())
    const { parts } = await whileOthersWork(reading.extractWithOcr(await scan(), 'task', NEVER))
    assert.deepEqual(
      parts.map(({ text, page }) => [text, page]),
      [['The harbour office\n', 1]],
    )
  })

  it('is read in its turn, and other files are read meanwhile', async (t) => {
    const reading = await openTextExtractor({ ocr, processes: 1 })
    t.after(() => reading.close())
    await assert.rejects(reading.extract(await scan(), NEVER), OcrNeeded)
    const stalled = Promise.withResolvers<void>()
    async function* unfinished() {
      yield sample.pdfOf([['The harbour office']]).subarray(0, 10)
      await stalled.promise
      throw new Error('the disk is gone')
    }
    const first = reading.extractWithOcr({ ...(await scan()), bytes: unfinished() }, 'task', NEVER)
    const waiting = reading.extractWithOcr(await scan(), 'task', NEVER)
    const leaving = new AbortController()
    const left = reading.extractWithOcr(await scan(), 'task', leaving.signal)
    const text = fileOf(sample.pdfOf([['typed']]), 'b.pdf', PDF)
    assert.equal((await reading.extract(text, NEVER)).parts[0]?.text, 'typed\n')
    leaving.abort(new Error('cancelled'))
    await assert.rejects(left, /cancelled/)
    stalled.resolve()
    await assert.rejects(first, /the disk is gone/)
    assert.equal((await waiting).parts[0]?.text, 'The harbour office\n')
  })

  it('is ended at the limit of memory', async (t) => {
    const small = await openTextExtractor({ ocr, limits: { maxMemoryBytes: 130 * MIB } })
    t.after(() => small.close())
    await assert.rejects(
      small.extractWithOcr(await scan(), 'task', NEVER),
      isFailure('invalid_file', /more than 130 MB/),
    )
  })

  it('is tried again later when a model is missing, because the file is not the cause', async (t) => {
    const incomplete = await openTextExtractor({ ocr: { ...ocr, languages: ['xxx'] } })
    t.after(() => incomplete.close())
    await assert.rejects(
      incomplete.extractWithOcr(await scan(), 'task', NEVER),
      isFailure('server_error', /unexpectedly/),
    )
  })

  it('has as much more time as pages are allowed', () => {
    const { maxCpuMs, maxReadMs } = withOcr(DEFAULT_LIMITS, { ...ocr, maxPages: 10 })
    assert.deepEqual([maxCpuMs, maxReadMs], [75_000, 180_000])
  })
})

describe('an extraction', () => {
  it('keeps the error of a library for the log', async () => {
    const file = fileOf(sample.zipOf({ 'word/document.xml': '<' }), 'a.docx', DOCX)
    await assert.rejects(textOf(file), (error: ExtractionFailure) => {
      assert.equal(error.code, 'invalid_file')
      assert.match(String(error.cause), /officeparser|document\.xml|XML/i)
      assert.doesNotMatch(error.message, /officeparser/)
      return true
    })
  })

  it('reads binary and text files at the same time', async () => {
    const pages = Array.from({ length: 3 }, (_, page) => [`page ${page}`])
    const [pdf, text] = await Promise.all([
      textOf(fileOf(sample.pdfOf(pages), 'a.pdf', PDF)),
      textOf(fileOf('.', 'a.txt')),
    ])
    assert.equal(pdf, 'page 0\npage 1\npage 2\n')
    assert.equal(text, '.')
  })

  for (const name of ['a.txt', 'a.html']) {
    it(`throws what the bytes of ${name} throw`, async () => {
      async function* broken() {
        yield Buffer.from('text')
        throw new Error('the disk is gone')
      }
      const file = { ...fileOf('', name), sizeBytes: 100, bytes: broken() }
      await assert.rejects(extractor.extract(file, NEVER), /the disk is gone/)
    })

    it(`refuses more or fewer bytes than ${name} has`, async () => {
      for (const sizeBytes of [3, 5]) {
        const file = { ...fileOf('text', name), sizeBytes }
        await assert.rejects(textOf(file), isFailure('server_error', /differ from the recorded size/))
      }
    })

    it(`of ${name} ends with its signal and closes the bytes`, async () => {
      const controller = new AbortController()
      const closed = Promise.withResolvers<void>()
      async function* endless() {
        try {
          for (;;) {
            yield Buffer.alloc(65_536, 'a')
            controller.abort(new Error('cancelled'))
            await new Promise((resolve) => setImmediate(resolve))
          }
        } finally {
          closed.resolve()
        }
      }
      const file = { ...fileOf('', name), sizeBytes: 60 * MIB, bytes: endless() }
      await assert.rejects(extractor.extract(file, controller.signal), /cancelled/)
      await closed.promise
    })
  }

  it('fails after the extractor is closed', async () => {
    const closed = await openTextExtractor()
    await closed.close()
    for (const file of [fileOf('x', 'a.txt'), fileOf('x', 'a.html')])
      await assert.rejects(closed.extract(file, NEVER), isFailure('server_error', /stopping/))
  })
})

const EXTRACT = fileURLToPath(new URL('../../../../extract', import.meta.url))

/** Runs code with the rights of a reader, and returns what it prints. */
function runIsolated(code: string): string {
  const [program = '', ...args] = isolatedNode(EXTRACT, 512 * MIB, isolation)
  return execFileSync(program, [...args, '--input-type=module', '--eval', code], {
    env: {},
    encoding: 'utf8',
  })
}

describe('the process of a reader', () => {
  const attempts = {
    'read other files': `(await import('node:fs')).readFileSync('/etc/passwd')`,
    'write files': `(await import('node:fs')).writeFileSync('${EXTRACT}/planted', '')`,
    'start programs': `(await import('node:child_process')).execFileSync('true')`,
    'start threads': `new (await import('node:worker_threads')).Worker('', { eval: true })`,
  }
  for (const [name, code] of Object.entries(attempts))
    it(`may not ${name}`, () => {
      const printed = runIsolated(
        `try { ${code}; console.log('done') } catch (error) { console.log(error.code) }`,
      )
      assert.equal(printed, 'ERR_ACCESS_DENIED\n')
    })

  it('has no environment', () => {
    assert.equal(runIsolated('console.log(Object.keys(process.env).length)'), '0\n')
  })

  it('reaches no network', {
    skip: !isolation.isNetworkDropped && 'this system has no user namespaces',
  }, async (t) => {
    const server = createServer().listen(0, '127.0.0.1')
    t.after(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const code = `import { connect } from 'node:net'; connect(${port}, '127.0.0.1').on('connect', () => { console.log('connected'); process.exit() }).on('error', (error) => console.log(error.code))`
    assert.equal(runIsolated(code), 'ENETUNREACH\n')
  })
})
