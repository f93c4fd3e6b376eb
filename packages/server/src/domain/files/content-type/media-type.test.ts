import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonicalContentType, isAllowedContentType, isSameContentType } from './aliases.ts'
import { parseMediaType, servableMediaType } from './media-type.ts'

describe('parseMediaType', () => {
  const kept = [
    'text/plain',
    'Text/HTML; charset=utf-8',
    'text/plain;charset=UTF-8',
    'text/plain ; charset=utf-8;format=flowed',
    'text/plain; charset="utf-8"',
    'text/plain; charset="a,b"',
    'text/plain; title="a \\"quoted\\" \\\\ word; and more"',
    'text/plain; title=""',
    'video/webm;codecs=vp8,opus',
    'video/webm;codecs=vp8, opus',
    'video/mp4; codecs="avc1.42E01E, mp4a.40.2"',
    'video/mp4;codecs=avc1.42E01E,mp4a.40.2;x=y',
    'application/vnd.example.thing+v2;a=1;b=2',
    "multipart/mixed; boundary=a'b+c.d",
  ]
  for (const declared of kept) {
    it(`keeps ${declared}`, () => assert.equal(parseMediaType(declared)?.text, declared))
  }

  const normalized: readonly [declared: string, stored: string][] = [
    ['  text/plain\t', 'text/plain'],
    ['text/plain;', 'text/plain'],
    ['text/html;;charset=utf-8; ;', 'text/html;charset=utf-8'],
  ]
  for (const [declared, stored] of normalized) {
    it(`stores ${JSON.stringify(declared)} as ${stored}`, () => {
      assert.equal(parseMediaType(declared)?.text, stored)
    })
  }

  const refused = [
    ...['', ' ', 'png', 'image/', '/png', 'image/p ng', 'image/png/x', '*/*', 'image/*', 'ima\u0000ge/png'],
    ...[
      'text/plain\n',
      '\ntext/plain',
      'text/plain\r',
      'text/plain\u000b',
      'text/plain\ufeff',
      '\ufefftext/plain',
    ],
    ...['text/plain\u2028', 'text/plain\u2029', 'text/plain\u3000', 'text/plain\u00a0', 'text/mar\u212adown'],
    ...['text/plain\n;charset=utf-8', 'text/plain;charset=utf-8\n', 'text/plain; charset="a\nb"'],
    ...['text/plain; x=😀', 'text/plain; x=\0', 'text/plain; x="é"', 'text/plain;\r\nX-Evil: 1'],
    ...['text/plain;,text/html', 'text/plain, text/html', 'text/plain; charset', 'text/plain; =a'],
    ...[
      'text/plain; charset= utf-8',
      'text/plain; charset="open',
      'text/plain; charset="a"b',
      'video/webm;codecs=,vp8',
    ],
    ...['video/webm;codecs=vp8,', `text/plain; x=${'a'.repeat(255)}`, `text/plain${' '.repeat(255)}`],
  ]
  for (const declared of refused) {
    it(`refuses ${JSON.stringify(declared.slice(0, 40))}`, () => assert.equal(parseMediaType(declared), null))
  }
})

describe('servableMediaType', () => {
  const cases: readonly [stored: string, served: string][] = [
    ['text/plain; charset=utf-8', 'text/plain; charset=utf-8'],
    ['text/plain\n', 'text/plain'],
    ['\u3000text/plain\u000b', 'text/plain'],
    ['text/plain\ufeff;charset=utf-8', 'text/plain;charset=utf-8'],
    ['text/plain\u2028', 'text/plain'],
    ['text/mar\u212adown', 'text/marKdown'],
    ['nonsense', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ]
  for (const [stored, served] of cases) {
    it(`serves ${JSON.stringify(stored)} as ${served}`, () => assert.equal(servableMediaType(stored), served))
  }
})

describe('canonicalContentType', () => {
  it('removes parameters, converts to lower case and resolves aliases', () => {
    assert.equal(canonicalContentType('Text/HTML; charset=utf-8'), 'text/html')
    assert.ok(isSameContentType('audio/x-wav', 'audio/vnd.wave'))
    assert.ok(isSameContentType('video/webm;codecs=vp8,opus', 'video/webm'))
    assert.ok(!isSameContentType('image/png', 'image/jpeg'))
  })
})

describe('isAllowedContentType', () => {
  it('ignores parameters, and supports aliases and patterns such as image/*', () => {
    assert.ok(isAllowedContentType('video/webm;codecs=vp8,opus', ['video/webm']))
    assert.ok(isAllowedContentType('Text/Plain; charset=utf-8', ['text/plain']))
    assert.ok(isAllowedContentType('image/jpg', ['image/jpeg']))
    assert.ok(isAllowedContentType('text/xml; charset=utf-8', ['text/*']))
    assert.ok(!isAllowedContentType('image/png; charset=text/plain', ['text/plain']))
    assert.ok(!isAllowedContentType('text/plain\n', null))
  })
})
