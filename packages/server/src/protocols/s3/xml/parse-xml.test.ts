import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isProblem } from '../problem.ts'
import { childText, MAX_XML_BYTES, parseXml } from './parse-xml.ts'

/** Returns the text of the first child B of the root A, or the code of the refusal. */
function textOfB(source: string | Uint8Array): unknown {
  const root = parseXml(Buffer.from(source), 'A')
  return isProblem(root) ? root.code : childText(root, 'B')
}

describe('the XML of a request', () => {
  const accepted: readonly [what: string, source: string, text: string | null][] = [
    ['one element', '<A><B>x</B></A>', 'x'],
    [
      'a declaration, a namespace and spaces',
      '<?xml version="1.0"?>\n<A xmlns="urn:a">\n <B>x</B>\n</A>\n',
      'x',
    ],
    ['a namespace prefix', '<n:A xmlns:n="urn:a"><n:B>x</n:B></n:A>', 'x'],
    ['spaces around a text, which belong to it', '<A><B> x </B></A>', ' x '],
    ['a number, which stays a text', '<A><B>007e3</B></A>', '007e3'],
    ['references', '<A><B>&lt;&amp;&gt;&quot;&apos;&#x20AC;&#128512;&#xd;</B></A>', '<&>"\'€😀\r'],
    ['a reference that is decoded once', '<A><B>&amp;lt;</B></A>', '&lt;'],
    ['a section of characters', '<A><B><![CDATA[a&b]]><![CDATA[<c>]]></B></A>', 'a&b<c>'],
    ['an empty element', '<A><B/></A>', ''],
    ['no such element', '<A/>', null],
    ['two of them', '<A><B>x</B><B>y</B></A>', null],
    ['children in it', '<A><B><C>x</C></B></A>', null],
    ['a comment', '<A><!-- y --><B>x</B></A>', 'x'],
    ['attributes', '<A b="y"><B c="z">x</B></A>', 'x'],
    ['a byte order mark', '\uFEFF<A><B>x</B></A>', 'x'],
  ]
  for (const [what, source, text] of accepted) {
    it(`with ${what} has the text ${JSON.stringify(text)}`, () => {
      assert.equal(textOfB(source), text)
    })
  }

  const refused: readonly [what: string, source: string | Uint8Array][] = [
    ['nothing', ''],
    ['a section beside other text', '<A><B>x<![CDATA[y]]></B></A>'],
    ['another root', '<C><B>x</B></C>'],
    ['two roots', '<A/><A/>'],
    ['text before the root', 'x<A/>'],
    ['text after the root', '<A>x</A>x'],
    ['an open element', '<A><B>x</B>'],
    ['crossed elements', '<A><B></A></B>'],
    ['a DTD', '<!DOCTYPE A [<!ENTITY b "x">]><A><B>&b;</B></A>'],
    ['an external DTD', '<!DOCTYPE A SYSTEM "http://127.0.0.1/a.dtd"><A><B>x</B></A>'],
    ['an unknown reference', '<A><B>&nbsp;</B></A>'],
    ['a reference to a name of JavaScript', '<A><B>&toString;</B></A>'],
    ['a reference without its end', '<A><B>&amp</B></A>'],
    ['a reference to a surrogate', '<A><B>&#xD800;</B></A>'],
    ['a reference behind the last character', '<A><B>&#x110000;</B></A>'],
    ['bytes that are not UTF-8', Buffer.from('<A><B>\xff</B></A>', 'latin1')],
    ['a name of JavaScript', '<A><__proto__>x</__proto__></A>'],
    ['deep elements', `${'<A>'.repeat(50)}${'</A>'.repeat(50)}`],
    ['too many elements', `<A>${'<B/>'.repeat(200_000)}</A>`],
    ['too many bytes', `<A>${' '.repeat(MAX_XML_BYTES)}</A>`],
  ]
  for (const [what, source] of refused) {
    it(`is refused with ${what}`, () => {
      assert.equal(textOfB(source), 'MalformedXML')
    })
  }
})
