import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeText } from './decode-text.ts'

/** Base64 of sentences in encodings that JavaScript can only decode. */
const GUESSED: readonly (readonly [encoding: string, base64: string, text: string])[] = [
  [
    'windows-1252',
    'RGllIEdy9t9lIGRlciBTY2j2bmhlaXQg/GJlcnJhc2NodCBuYXT8cmxpY2ggYXVjaCBkaWUgTeRkY2hlbiBpbiBL9mxuIJcgk2phlCwgc2FndGUgZGVyIEv2bmlnLg==',
    'Die Größe der Schönheit überrascht natürlich auch die Mädchen in Köln \u2014 \u201cja\u201d, sagte der König.',
  ],
  [
    'shift_jis',
    'k/qWe4zqgsyVto6ag1KBW4NogvCUu5LogreC6YK9gt+CzJW2j82CxYK3gUKCsYLqgs2PXJWqgsmSt4KilUuXdoKqgqCC6ILcgreBQg==',
    '日本語の文字コードを判定するための文章です。これは十分に長い必要があります。',
  ],
  [
    'gb18030',
    '1eLKx9K7uPbTw8C0vOyy4tfWt/ux4MLrtcTW0M7EvuTX0yzL/NDo0qrX47m7s6SyxcTctcO1vb/Jv7+1xL3hufuhow==',
    '这是一个用来检测字符编码的中文句子,它需要足够长才能得到可靠的结果。',
  ],
  [
    'big5',
    's2+sT6RArdOlzqjTsLu0+qZypLi9c71YqrqkpKTlpXmkbCylprvdrW6orLD3qvikfq/gsW+o7KVpvmGqurWyqkehQw==',
    '這是一個用來偵測字元編碼的中文句子,它需要足夠長才能得到可靠的結果。',
  ],
  [
    'euc-kr',
    'wMywzcC6ILmuwNogwM7E2rX5wLsgsKjB9sfPseIgwKfH0SDH0bG5vu4gua7A5cDUtM+02S4gw+a60Mj3ILHmvu6+3yDH1bTPtNku',
    '이것은 문자 인코딩을 감지하기 위한 한국어 문장입니다. 충분히 길어야 합니다.',
  ],
  [
    'koi8-r',
    '/NTPINDSxcTMz9bFzsnFIM7BINLV09PLz80g0drZy8UgztXWzs8gxMzRIM/Q0sXExczFzsnRIMvPxMnSz9fLySDUxcvT1MEu',
    'Это предложение на русском языке нужно для определения кодировки текста.',
  ],
  [
    'windows-1251',
    '3fLuIO/w5eTr7ubl7ejlIO3gIPDz8fHq7uwg/+f76uUg7fPm7e4g5Ov/IO7v8OXk5evl7ej/IOru5Ojw7uLq6CDy5erx8uAu',
    'Это предложение на русском языке нужно для определения кодировки текста.',
  ],
  [
    'euc-jp',
    'xvzL3LjspM7KuLv6pbOhvKXJpPLIvcTqpLmk66S/pOGkzsq4vs+kx6S5oaOks6TspM+9vcqspMvEuaSkyazN16SspKKk6qTepLmhow==',
    '日本語の文字コードを判定するための文章です。これは十分に長い必要があります。',
  ],
]

/** Texts in other encodings with some bytes that are sequences of UTF-8 by accident. */
const LIKE_UTF8: readonly (readonly [name: string, bytes: Buffer, text: string])[] = [
  [
    'windows-1252 with a sign after a capital letter',
    Buffer.from('Preise in «Köln»: Größe Â±5, Grüße, schöner Äpfel für Mädchen', 'latin1'),
    'Preise in «Köln»: Größe Â±5, Grüße, schöner Äpfel für Mädchen',
  ],
  ['windows-1252 that ends like a cut sequence', Buffer.from('Ein Café', 'latin1'), 'Ein Café'],
  [
    'windows-1251 with capital letters before quotation marks',
    Buffer.from(
      '3fLuIO/l8OLg/yDj8PPv7+Agq8C7LCDoIP3y7iDi8u7w4P8g4/Dz7+/gIKvCuyDiIPLu7CDm5SDx4Ozu7CDx7+jx6uUu',
      'base64',
    ),
    'Это первая группа «А», и это вторая группа «В» в том же самом списке.',
  ],
  [
    'koi8-r with the letter ё',
    Buffer.from(
      '5d2jIM/OIM6j0yDX06Mg09fPoyDaxcyjzs/FIMLFzNijIMkg1NHWo8zZxSDXxd3JINcg1KPNztnKINDPxN/F2sQu',
      'base64',
    ),
    'Ещё он нёс всё своё зелёное бельё и тяжёлые вещи в тёмный подъезд.',
  ],
]

const SENTENCE = 'Größe, 日本 and \u{1f600}'

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

function utf32(text: string, isLittleEndian: boolean): Buffer {
  const points = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, point] of points.entries()) {
    if (isLittleEndian) bytes.writeUInt32LE(point, index * 4)
    else bytes.writeUInt32BE(point, index * 4)
  }
  return bytes
}

const UNICODE: Readonly<Record<string, Buffer>> = {
  'UTF-8': Buffer.from(SENTENCE),
  'UTF-8 with a byte order mark': Buffer.from(`\ufeff${SENTENCE}`),
  'UTF-16LE with a byte order mark': Buffer.from(`\ufeff${SENTENCE}`, 'utf16le'),
  'UTF-16BE with a byte order mark': utf16be(`\ufeff${SENTENCE}`),
  'UTF-32LE with a byte order mark': utf32(`\ufeff${SENTENCE}`, true),
  'UTF-32BE with a byte order mark': utf32(`\ufeff${SENTENCE}`, false),
}

const ASCII = 'Plain ASCII characters'

const UNMARKED: Readonly<Record<string, Buffer>> = {
  'UTF-16LE': Buffer.from(ASCII, 'utf16le'),
  'UTF-16BE': utf16be(ASCII),
  'UTF-32LE': utf32(ASCII, true),
  'UTF-32BE': utf32(ASCII, false),
}

describe('the encoding of a text', () => {
  for (const [encoding, base64, text] of GUESSED)
    it(`is guessed: ${encoding}`, () => {
      assert.equal(decodeText(Buffer.from(base64, 'base64')), text)
    })

  for (const [name, bytes, text] of LIKE_UTF8)
    it(`is not UTF-8 by accident: ${name}`, () => {
      assert.equal(decodeText(bytes), text)
    })

  for (const [name, bytes] of Object.entries(UNICODE))
    it(`is certain: ${name}`, () => {
      assert.equal(decodeText(bytes), SENTENCE)
    })

  for (const [name, bytes] of Object.entries(UNMARKED))
    it(`is known by its zeros: ${name}`, () => {
      assert.equal(decodeText(bytes), ASCII)
    })

  it('is the declared one when the bytes are no UTF-8', () => {
    assert.equal(decodeText(Buffer.from('a4', 'hex'), 'iso-8859-15'), '\u20ac')
  })

  it('is not the declared one when the bytes are UTF-8 or the declared one is unknown', () => {
    assert.equal(decodeText(Buffer.from('é'), 'shift_jis'), 'é')
    assert.equal(decodeText(Buffer.from('e9', 'hex'), 'no-such-encoding'), 'é')
  })

  it('is UTF-8 also when a few bytes are damaged', () => {
    const german = Buffer.from('Größe, Länge, Höhe: für schöne Äpfel in Köln')
    german[0] = 0xff
    assert.equal(decodeText(german), '\ufffdröße, Länge, Höhe: für schöne Äpfel in Köln')
    const chinese = Buffer.from('每个人都要交税，税率取决于收入水平。')
    chinese[1] = 0x41
    assert.equal(decodeText(chinese), '\ufffdA\ufffd个人都要交税，税率取决于收入水平。')
    assert.equal(decodeText(chinese, 'gb18030'), decodeText(chinese))
  })

  for (const cut of [1, 2, 3])
    it(`is UTF-8 also when ${cut} of 4 bytes of the last character are left`, () => {
      const text = Buffer.from('Größe \u{1f600}')
      assert.equal(decodeText(text.subarray(0, text.length - 4 + cut)), 'Größe \ufffd')
    })

  it('is UTF-8 also when the damage is far from the beginning', () => {
    const text = `${'Plain ASCII. '.repeat(10_000)}Größe, Länge, Höhe, schön`
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from('ff', 'hex')])
    assert.equal(decodeText(bytes), `${text}\ufffd`)
  })
})
