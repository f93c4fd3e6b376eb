/** Values that no field of an upload may have, each with a title to read in the report. */
export type BadValues = readonly (readonly [title: string, value: unknown])[]

const EMOJI = '😀'

export const BAD_FILENAMES: BadValues = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 5],
  ['a boolean', true],
  ['an array', ['a.txt']],
  ['an object', {}],
  ['256 ASCII characters', 'a'.repeat(256)],
  ['256 emoji', EMOJI.repeat(256)],
  ['255 emoji, which is 1,020 bytes', EMOJI.repeat(255)],
  ['901 bytes in UTF-8', `${EMOJI.repeat(225)}a`],
  ['10,000 characters', 'a'.repeat(10_000)],
  ['one dot', '.'],
  ['two dots', '..'],
  ['a slash', 'a/b.txt'],
  ['only a slash', '/'],
  ['an absolute path', '/etc/passwd'],
  ['a traversal', '../../etc/passwd'],
  ['a traversal inside', 'a/../b.txt'],
  ['a backslash', 'a\\b.txt'],
  ['a traversal of Windows', '..\\..\\boot.ini'],
  ['NUL', '\u0000'],
  ['NUL inside', 'a.txt\u0000.png'],
  ['a line feed', 'a\nb.txt'],
  ['a header injection', 'a.txt\r\nSet-Cookie: x=1'],
  ['a tab', 'a\tb.txt'],
  ['escape', '\u001b[31m.txt'],
  ['delete', 'a\u007f.txt'],
  ['a C1 control character', 'a\u0085.txt'],
  ['a lone high surrogate', 'a\ud800.txt'],
  ['a lone low surrogate', 'a\udc00.txt'],
  ['a lone surrogate at the end', 'a.txt\ud83d'],
  ['a pair the wrong way round', '\ude00\ud83d.txt'],
]

export const BAD_FILE_SIZES: BadValues = [
  ['missing', undefined],
  ['null', null],
  ['zero', 0],
  ['negative', -1],
  ['a fraction', 1.5],
  ['2^53', 2 ** 53],
  ['1e300', 1e300],
  ['a string of digits', '5'],
  ['an empty string', ''],
  ['a boolean', true],
  ['an array', [5]],
  ['an object', {}],
]

export const BAD_MIME_TYPES: BadValues = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 5],
  ['an array', ['text/plain']],
  ['an object', {}],
  ['10,000 characters', `text/${'a'.repeat(10_000)}`],
]

/** Strings that are no media type, and would do harm in a Content-Type header. */
export const MALFORMED_MIME_TYPES: BadValues = [
  ['no slash', 'text'],
  ['a space in it', 'te xt/plain'],
  ['a header injection', 'text/plain\r\nSet-Cookie: x=1'],
  ['NUL', 'text/pl\u0000ain'],
  ['a lone surrogate', 'text/plain\ud800'],
  ['emoji', 'text/😀'],
]

export const GOOD_FILENAMES: readonly (readonly [title: string, filename: string])[] = [
  ['one character', 'a'],
  ['255 ASCII characters', 'a'.repeat(255)],
  ['255 code points with umlauts', 'ü'.repeat(255)],
  ['225 emoji, which is 450 UTF-16 units and 900 bytes', EMOJI.repeat(225)],
  ['255 code points and exactly 900 bytes', EMOJI.repeat(215) + 'a'.repeat(40)],
  ['spaces', ' my report (final).txt '],
  ['three dots', '...'],
  ['dots inside', 'a..b'],
  ['a hidden file', '.profile'],
  ['a device name of Windows', 'CON'],
  ['emoji joined to one', '👩‍👩‍👧‍👦.png'],
  ['right-to-left', 'דוח-שנתי.txt'],
  ['Arabic with an override mark', '\u202eتقرير\u202c.txt'],
  ['Chinese', '年度报告.txt'],
  ['a composed accent', 'caf\u00e9.txt'],
  ['a combining accent', 'cafe\u0301.txt'],
  ['percent signs', '100%41%2e%2e%2f%00.txt'],
  ['quotes', `"it's".txt`],
  ['header punctuation', "a;b=c,d*UTF-8''e.txt"],
  ['query punctuation', 'a?b#c&d=e+f.txt'],
  ['markup', '<script>alert(1)<script>.txt'],
  ['SQL', "'); DROP TABLE files;--"],
  ['the highest code point', '\u{10ffff}.txt'],
]
