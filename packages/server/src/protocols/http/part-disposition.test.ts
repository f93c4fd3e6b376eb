import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePartDisposition } from './part-disposition.ts'

/** Returns UTF-8 bytes as one character each, like Node's headers. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

describe('parsePartDisposition', () => {
  const names: readonly [what: string, header: string, filename: string | null][] = [
    ['a plain name', 'form-data; name="file"; filename="a.txt"', 'a.txt'],
    ['no file', 'form-data; name="file"', null],
    ['an empty name', 'form-data; name="file"; filename=""', ''],
    ['another order, and capitals', 'Form-Data; FILENAME="a.txt"; Name="file"', 'a.txt'],
    ['no quotation marks', 'form-data; name=file; filename=a.txt', 'a.txt'],
    ['neither quotation marks nor spaces', 'form-data;name=file;filename=a.txt', 'a.txt'],
    ['a semicolon in quotation marks', 'form-data; name="file"; filename="a;b=c.txt"', 'a;b=c.txt'],
    ['%22, as browsers send it', 'form-data; name="file"; filename="a%22b.txt"', 'a"b.txt'],
    ['%22 without quotation marks', 'form-data; name=file; filename=a%22b.txt', 'a%22b.txt'],
    ['other escapes, which are none', 'form-data; name="file"; filename="100%25.txt"', '100%25.txt'],
    [
      'an escaped quotation mark, as curl sends it',
      'form-data; name="file"; filename="a\\"b.txt"',
      'a"b.txt',
    ],
    ['UTF-8', utf8('form-data; name="file"; filename="größe 🙂.txt"'), 'größe 🙂.txt'],
    ['UTF-8 with a last byte like a space', utf8('form-data; name=file; filename=voilà'), 'voilà'],
    ['Latin-1', 'form-data; name="file"; filename="gr\xf6\xdfe.txt"', 'größe.txt'],
    ['Windows-1252', 'form-data; name="file"; filename="5\x80.txt"', '5€.txt'],
    [
      'filename* after filename',
      `form-data; name="file"; filename="a"; filename*=UTF-8''b%20%E2%82%AC.txt`,
      'b €.txt',
    ],
    [
      'filename* before filename',
      `form-data; name="file"; filename*=utf-8'de'b.txt; filename="a.txt"`,
      'b.txt',
    ],
    ['filename* alone', `form-data; name="file"; filename*=UTF-8''b.txt`, 'b.txt'],
    ['filename* in Latin-1', `form-data; name="file"; filename*=ISO-8859-1''gr%F6%DFe.txt`, 'größe.txt'],
    ['filename* that is not UTF-8', `form-data; name="file"; filename="a"; filename*=UTF-8''%FF`, 'a'],
    ['filename* of an unknown charset', `form-data; name="file"; filename="a"; filename*=x''b`, 'a'],
    ['filename* with a broken escape', `form-data; name="file"; filename="a"; filename*=UTF-8''%4`, 'a'],
    ['a folder', 'form-data; name="file"; filename="docs/2026/a.txt"', 'a.txt'],
    ['a folder of Windows', 'form-data; name="file"; filename="C:\\docs\\a.txt"', 'a.txt'],
    ['a folder in filename*', `form-data; name="file"; filename*=UTF-8''docs%2Fa.txt`, 'a.txt'],
    ['a traversal', 'form-data; name="file"; filename="../../a.txt"', 'a.txt'],
    ['a traversal to nothing', 'form-data; name="file"; filename="a/.."', '..'],
    ['a folder alone', 'form-data; name="file"; filename="docs/"', ''],
    ['a quotation mark without its end', 'form-data; name="file"; filename="a.txt', 'a.txt'],
  ]
  for (const [what, header, filename] of names) {
    it(`reads the name of a file with ${what}`, () => {
      assert.deepEqual(parsePartDisposition(header), { name: 'file', filename })
    })
  }

  for (const [what, header] of [
    ['a long word', `form-data; ${'a'.repeat(100_000)}`],
    ['many spaces', `form-data; a${' '.repeat(100_000)}`],
    ['many backslashes', `form-data; name="${'\\'.repeat(100_000)}`],
    ['many semicolons', `form-data${';'.repeat(100_000)}`],
    ['many equals signs', `form-data; ${'a='.repeat(50_000)}`],
    ['an unterminated escape', `form-data; name=a; filename*=utf-8''${'%41'.repeat(30_000)}%`],
  ] as const) {
    // A backtracking pattern would take minutes.
    it(`parses ${what} in linear time`, { timeout: 5000 }, () => void parsePartDisposition(header))
  }

  it('skips text that is not a parameter', () => {
    const header = 'form-data; ;x; "y"; name="file" z; filename = a.txt ;'
    assert.deepEqual(parsePartDisposition(header), { name: 'file', filename: 'a.txt' })
  })

  it('decodes the name of a field like a file name', () => {
    assert.equal(parsePartDisposition(utf8('form-data; name="größe %22"'))?.name, 'größe "')
  })

  for (const header of ['', 'form-data', 'form-data; filename="a"', 'attachment; name="file"', 'x']) {
    it(`returns null for "${header}"`, () => assert.equal(parsePartDisposition(header), null))
  }
})
