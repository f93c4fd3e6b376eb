import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { utils, write } from '@e965/xlsx'
import {
  docxOf,
  epubOf,
  openDocumentOf,
  PDF_ENCRYPTION,
  pdfOf,
  pptxOf,
  scanOf,
  wordParagraph,
  wordTable,
  xlsxOf,
  zipOf,
} from '../test/sample-files.ts'
import { extractParts } from './extract-parts.ts'
import type { FileKind } from './file-kind.ts'
import { finishParts } from './finish-parts.ts'
import type { TextPart } from './located-text.ts'
import { UnreadableFile } from './unreadable-file.ts'

const LIMIT = 1024 * 1024

async function partsOf(kind: FileKind, bytes: Buffer | string): Promise<TextPart[]> {
  const parts: TextPart[] = []
  for await (const batch of finishParts(await extractParts(kind, Buffer.from(bytes)), LIMIT))
    parts.push(...batch)
  return parts
}

/** Returns `kind, level, page: text` of each part, such as `heading 1, slide 2: Title`. */
async function describeParts(kind: FileKind, bytes: Buffer | string): Promise<string[]> {
  const parts = await partsOf(kind, bytes)
  return parts.map(({ kind, level, page, pageKind, text }) => {
    const place = page === null ? '' : `, ${pageKind} ${page}`
    return `${kind}${level === null ? '' : ` ${level}`}${place}: ${text.trimEnd()}`
  })
}

/** Returns a spreadsheet with one sheet, in which null is a blank cell. */
function workbookOf(rows: readonly unknown[][], bookType: 'xlsx' | 'ods' = 'xlsx'): Buffer {
  const book = utils.book_new()
  utils.book_append_sheet(book, utils.aoa_to_sheet([...rows]), 'Data')
  return write(book, { type: 'buffer', bookType })
}

function workbook(): Buffer {
  const book = utils.book_new()
  const rows = [['Name', 'Age'], [], ['Ann', 5.5], ['Bob', null, 'x']]
  utils.book_append_sheet(book, utils.aoa_to_sheet(rows), 'People')
  utils.book_append_sheet(book, utils.aoa_to_sheet([['Only']]), 'Second')
  return write(book, { type: 'buffer', bookType: 'xlsx' })
}

const ODS_ROWS = [
  ['Name', 'Count'],
  ['Ann', '5'],
].map(
  (cells) =>
    `<table:table-row>${cells.map((cell) => `<table:table-cell office:value-type="string"><text:p>${cell}</text:p></table:table-cell>`).join('')}</table:table-row>`,
)

const FOOTNOTE =
  '<w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:t xml:space="preserve"> goes on.</w:t></w:r>'

const DOCUMENTS: readonly (readonly [FileKind, Buffer | string, readonly string[]])[] = [
  [
    'pdf',
    pdfOf([['The first line of a paragraph', 'ends here.', 'Caf\xe9 (x)'], [], ['Last page']]),
    [
      'paragraph, page 1: The first line of a paragraph\nends here.',
      'paragraph, page 1: Café (x)',
      'paragraph, page 3: Last page',
    ],
  ],
  [
    'docx',
    docxOf(
      wordParagraph('Report', 1) +
        wordParagraph('The text', 0, FOOTNOTE) +
        wordTable([
          ['Name', 'Age'],
          ['Ann', '5'],
        ]) +
        wordParagraph('Details', 2),
      'A source',
    ),
    [
      'heading 1: Report',
      'paragraph: The text goes on.',
      'note: A source',
      'table-header: Name | Age',
      'table-row: Ann | 5',
      'heading 2: Details',
    ],
  ],
  [
    'pptx',
    pptxOf([
      { texts: ['Plan', 'Ship it'], notes: 'Smile' },
      { texts: ['End'], notes: '' },
    ]),
    [
      'heading 1, slide 1: Plan',
      'paragraph, slide 1: Ship it',
      'note, slide 1: Smile',
      'heading 1, slide 2: End',
    ],
  ],
  [
    'odt',
    openDocumentOf(
      'text',
      '<text:h text:outline-level="2">Title</text:h><text:p>Body<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Source</text:p></text:note-body></text:note> end</text:p>',
    ),
    ['heading 2: Title', 'paragraph: Body end', 'note: Source'],
  ],
  [
    'odp',
    openDocumentOf(
      'presentation',
      '<draw:page><draw:frame><draw:text-box><text:p>One</text:p></draw:text-box></draw:frame></draw:page><draw:page><draw:frame><draw:text-box><text:p>Two</text:p></draw:text-box></draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Speak</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>',
    ),
    ['paragraph, slide 1: One', 'paragraph, slide 2: Two', 'note, slide 2: Speak'],
  ],
  [
    'ods',
    openDocumentOf('spreadsheet', `<table:table table:name="Data">${ODS_ROWS.join('')}</table:table>`),
    ['heading 1, sheet 1: Data', 'table-header, sheet 1: Name | Count', 'table-row, sheet 1: Ann | 5'],
  ],
  [
    'xlsx',
    workbook(),
    [
      'heading 1, sheet 1: People',
      'table-header, sheet 1: Name | Age',
      'table-row, sheet 1: Ann | 5.5',
      'table-row, sheet 1: Bob |  | x',
      'heading 1, sheet 2: Second',
      'table-header, sheet 2: Only',
    ],
  ],
  [
    'rtf',
    '{\\rtf1\\ansi {\\b Bold} text\\par Caf\\u233? end\\par}',
    ['paragraph: Bold text', 'paragraph: Café end'],
  ],
  [
    'epub',
    epubOf(['<h1>First</h1><p>One</p>', '<h2>Second</h2><p>Two</p>']),
    [
      'heading 1, chapter 1: First',
      'paragraph, chapter 1: One',
      'heading 2, chapter 2: Second',
      'paragraph, chapter 2: Two',
    ],
  ],
  [
    'html',
    '<title>Page</title><style>p{}</style><h2>A <b>bold</b>\n head</h2><p>Line<br>break &amp; more<ul><li><p>one</p><li>two</ul>' +
      '<table><tr><th>A<th>B<tr><td>1<td>2 <p>x</table><pre>\nline 1\n  line 2</pre><script>alert("<p>")</script><svg><title>No</title></svg>end',
    [
      'heading 1: Page',
      'heading 2: A bold head',
      'paragraph: Line\nbreak & more',
      'list-item: one',
      'list-item: two',
      'table-header: A | B',
      'table-row: 1 | 2 x',
      'code: line 1\n  line 2',
      'paragraph: No',
      'paragraph: end',
    ],
  ],
  [
    'eml',
    'From: Ann <a@x.org>\r\nTo: b@x.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' +
      '--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p><p>Bye</p>\r\n--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nx\r\n--b--\r\n',
    [
      'heading 1: Grüße',
      'paragraph: From: Ann <a@x.org>\nTo: b@x.org',
      'paragraph: Hello',
      'paragraph: Bye',
      'note: Attachment: plan.pdf',
    ],
  ],
]

const TEXTS: readonly (readonly [FileKind, string, readonly string[]])[] = [
  ['text', 'One\nline\n\n\nTwo', ['paragraph: One\nline', 'paragraph: Two']],
  ['text', ' \t\n.', ['paragraph:  \t\n.']],
  ['text', '', []],
  ['code', 'a:\n  b\n\nc: 1\n', ['code: a:\n  b', 'code: c: 1']],
  [
    'markdown',
    '---\nt: 1\n---\n# Head #\n\nPara\nline\n\n- item\n  more\n- two\n\n  same\n\nTitle\n=====\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\n# no\n\nx\n```\nend',
    [
      'code: ---\nt: 1\n---',
      'heading 1: Head',
      'paragraph: Para\nline',
      'list-item: - item\n  more',
      'list-item: - two\n\n  same',
      'heading 1: Title',
      'table-header: | a | b |\n|---|---|',
      'table-row: | 1 | 2 |',
      'code: ```js\n# no\n\nx\n```',
      'paragraph: end',
    ],
  ],
  [
    'csv',
    'a;b\r\n"x ""y"";\nz";2\r\n;\r\n3;',
    ['table-header: a | b', 'table-row: x "y"; z | 2', 'table-row: 3'],
  ],
  ['csv', '"never closed\na,b', ['table-header: never closed a,b']],
  ['tsv', 'a,b\tc\n1\t\t2\n', ['table-header: a,b | c', 'table-row: 1 |  | 2']],
  [
    'json',
    '{"a": "caf\\u00e9 \\"x\\"", "b": [1, {"c": true}], "d": {}}',
    ['paragraph: a: café "x"', 'paragraph: b:\n 1\n  c: true', 'paragraph: d:'],
  ],
  ['json', '{"a": 1, "b": 2}\n{"a": 3}\n', ['paragraph: a: 1\nb: 2', 'paragraph: a: 3']],
  ['json', '{"a": [1, ]] nonsense', ['paragraph: a:\n 1', 'paragraph: nonsense']],
  [
    'xml',
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><books><book id="1"><title>A &amp; B</title><p>Hi <b>there</b> &a;</p><![CDATA[<raw>]]></book></books>',
    ['paragraph: id: 1', 'paragraph: A & B', 'paragraph: Hi there &a;', 'paragraph: <raw>'],
  ],
  ['xml', '<a><b>never closed', ['paragraph: never closed']],
  [
    'subtitles',
    '1\n00:00:01,000 --> 00:00:02,000\n<i>Hi</i>\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n',
    ['paragraph: Hi\nthere', 'paragraph: Bye'],
  ],
  [
    'subtitles',
    'WEBVTT\n\nNOTE internal\n\n00:01.000 --> 00:02.000\n<v Ann>Hello\n',
    ['paragraph: Ann: Hello'],
  ],
]

describe('the text of documents', () => {
  for (const [kind, bytes, expected] of DOCUMENTS)
    it(`has its places in ${kind.toUpperCase()}`, async () => {
      assert.deepEqual(await describeParts(kind, bytes), expected)
    })
})

describe('a row of a spreadsheet', () => {
  const rowsOf = async (kind: FileKind, bytes: Buffer) =>
    (await describeParts(kind, bytes)).slice(1).map((line) => line.replace(/^.*sheet 1: /, ''))
  const blankCells = '<table:table-cell table:number-columns-repeated="2"/>'
  const endOfRow = '<table:table-cell table:number-columns-repeated="16379"/></table:table-row>'
  const odsText = (text: string, attributes = '') =>
    `<table:table-cell office:value-type="string" ${attributes}><text:p>${text}</text:p></table:table-cell>`
  const ods = (...rows: string[]) =>
    openDocumentOf('spreadsheet', `<table:table table:name="Data">${rows.join('')}</table:table>`)

  for (const bookType of ['xlsx', 'ods'] as const)
    it(`keeps its values under their columns in ${bookType.toUpperCase()}`, async () => {
      const rows = [
        ['Name', 'Salary', 'Bonus'],
        ['Bob', null, 500],
        ['Eve', 100, null],
        [null, null, 7],
      ]
      assert.deepEqual(await rowsOf(bookType, workbookOf(rows, bookType)), [
        'Name | Salary | Bonus',
        'Bob |  | 500',
        'Eve | 100',
        ' |  | 7',
      ])
    })

  it('has the blank and the equal cells that ODS repeats', async () => {
    const header = ['Name', 'May', 'June', 'July', 'Total'].map((name) => odsText(name)).join('')
    const bytes = ods(
      `<table:table-row>${header}${endOfRow}`,
      `<table:table-row>${odsText('Bob')}${blankCells}${odsText('8', 'table:number-columns-repeated="2"')}${endOfRow}`,
    )
    assert.deepEqual(await rowsOf('ods', bytes), ['Name | May | June | July | Total', 'Bob |  |  | 8 | 8'])
  })

  it('has the value of merged cells once, and a gap for the others', async () => {
    const cell = (place: string) => `<c r="${place}" t="str"><v>${place}</v></c>`
    const sheet = xlsxOf(
      `<worksheet><sheetData><row r="1">${cell('A1')}${cell('B1')}${cell('C1')}</row><row r="2">${cell('A2')}${cell('C2')}</row></sheetData><mergeCells count="1"><mergeCell ref="A2:B2"/></mergeCells></worksheet>`,
    )
    assert.deepEqual(await rowsOf('xlsx', sheet), ['A1 | B1 | C1', 'A2 |  | C2'])
  })

  it('has no gap for columns that are blank in the whole sheet', async () => {
    const far = new Array<string | null>(16_384).fill(null)
    far[2] = 'first'
    far[16_383] = 'last'
    assert.deepEqual(await rowsOf('xlsx', workbookOf([[null, 'Name'], far])), ['Name', ' | first | last'])
  })

  it('stays short in a sheet of many columns', async () => {
    const row = (column: number) => [...new Array<null>(column).fill(null), `v${column}`]
    const columns = Array.from({ length: 300 }, (_, column) => column)
    const rows = await rowsOf('xlsx', workbookOf(columns.map(row)))
    assert.equal(rows[255], `${' | '.repeat(255)}v255`)
    assert.equal(rows[299], `${' | '.repeat(256)}v299`)
  })
})

describe('the text of plain formats', () => {
  for (const [kind, text, expected] of TEXTS)
    it(`has its structure in ${kind}: ${JSON.stringify(text.slice(0, 30))}`, async () => {
      assert.deepEqual(await describeParts(kind, text), expected)
    })

  it('loses no character of plain text', async () => {
    const text = '\n\n One\n\n\n\ttwo \n\n'
    const parts = await partsOf('text', text)
    assert.equal(parts.map((part) => part.text).join(''), text)
  })

  it('has Unix line ends, no zeros and no lone surrogates', async () => {
    const parts = await partsOf('json', '["a\\r\\nb\\u0000c\\ud800"]')
    assert.deepEqual(
      parts.map((part) => part.text),
      ['a\n\nbc\ufffd\n'],
    )
  })

  it('cuts a long line into parts between characters', async () => {
    const text = `x${'\u{1f600}'.repeat(40_000)}`
    const parts = await partsOf('text', text)
    assert.ok(parts.every((part) => part.text.length <= 32_768 && part.text.isWellFormed()))
    assert.equal(parts.map((part) => part.text).join(''), text)
  })

  it('is refused above the limit', async () => {
    await assert.rejects(partsOf('text', 'é'.repeat(LIMIT / 2 + 1)), /The text is over the limit of 1 MiB/)
  })
})

const UNREADABLE: readonly (readonly [FileKind, Buffer, UnreadableFile['code'], RegExp])[] = [
  ['pdf', scanOf(10), 'unsupported_file', /no text layer. Run OCR/],
  ['pdf', pdfOf([['secret']], PDF_ENCRYPTION), 'unsupported_file', /Remove the password/],
  ['pdf', Buffer.from('%PDF-1.7\nnonsense'), 'invalid_file', /PDF is damaged/],
  ['pdf', pdfOf([['text']]).subarray(0, 300), 'invalid_file', /PDF is damaged/],
  ['docx', Buffer.from('PK\x03\x04 nonsense'), 'invalid_file', /document is damaged/],
  ['docx', docxOf(wordParagraph('x')).subarray(0, 500), 'invalid_file', /document is damaged/],
  [
    'odt',
    openDocumentOf('text', '<text:p>x</text:p>', '<manifest:encryption-data/>'),
    'unsupported_file',
    /Remove the password/,
  ],
  ['epub', zipOf({ 'META-INF/container.xml': '<container/>' }), 'invalid_file', /no list of chapters/],
  ['epub', epubOf(['x'], { 'META-INF/rights.xml': '<rights/>' }), 'unsupported_file', /rights management/],
  ['xlsx', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'unsupported_file', /before 2007. Save it as/],
]

describe('a file that cannot be read', () => {
  for (const [kind, bytes, code, message] of UNREADABLE)
    it(`says why and what to do: ${kind} ${message}`, async () => {
      await assert.rejects(partsOf(kind, bytes), (error) => {
        assert.ok(error instanceof UnreadableFile)
        assert.equal(error.code, code)
        assert.match(error.message, message)
        return true
      })
    })
})
