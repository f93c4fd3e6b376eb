import * as sample from '../api/sample-files.ts'
import type { Made } from './make-files.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const utf16be = (text: string) => utf16(text).swap16()
const padded = (start: Buffer, sizeBytes = 512) =>
  Buffer.concat([start, Buffer.alloc(Math.max(0, sizeBytes - start.length))])

const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const HTML = '<!doctype html><title>a</title><script>alert(1)</script>'

const PGP = sample.patternedBytes(120)

/** Returns the two headers of a Windows program. */
function program(): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('MZ\x90\0\x03', 'latin1')
  bytes.writeUInt32LE(128, 60)
  bytes.write('PE\0\0', 128, 'latin1')
  return bytes
}

/** Texts with the encodings and beginnings that clients send. */
const TEXTS: Made = {
  'plain.txt': Buffer.from('plain words, nothing else\n'),
  'a.csv': Buffer.from('name,value\na,1\n'),
  'latin1 BMI.csv': latin1('BMI;Gr\xf6\xdfe\n21;1,80\n'),
  'latin1 MZ.csv': latin1('MZ;Stra\xdfe\nA;B\n'),
  'latin1 ID3.txt': latin1('ID3-Tags f\xfcr Anf\xe4nger\n'),
  'latin1 GIF.txt': latin1('GIF89a hei\xdft ein Format\n'),
  'windows-1252.csv': latin1('BMW;\x80 49.900;\x93neu\x94\n'),
  'shift-jis.csv': Buffer.from('424d572c93fa967b8cea0a', 'hex'),
  'utf16le.csv': Buffer.concat([Buffer.from('fffe', 'hex'), utf16('BM;Größe\n')]),
  'utf16be.csv': Buffer.concat([Buffer.from('feff', 'hex'), utf16be('BM;Größe\n')]),
  'utf16le unmarked.csv': utf16('Größe;1\n'),
  'utf16be unmarked.csv': utf16be('Größe;1\n'),
  'utf8 marked.csv': sample.utf8WithMark('MZ,value\n'),
  'GIF.txt': Buffer.from('GIF89a is a format\n'),
  'PDF.md': Buffer.from('%PDF-1.4 is what a file of this format begins with\n'),
  'a.json': Buffer.from('{"a":[1,2,{"b":null}]}'),
  'a.xml': Buffer.from('<?xml version="1.0"?><a/>'),
  'latin1.xml': latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>Gr\xf6\xdfe</a>'),
  'utf16.xml': Buffer.concat([
    Buffer.from('feff', 'hex'),
    utf16be('<?xml version="1.0" encoding="UTF-16"?><a/>'),
  ]),
  'utf16 unmarked.xml': utf16('<?xml version="1.0" encoding="UTF-16LE"?><a/>'),
  'koi8.xml': Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="koi8-r"?><a>'),
    Buffer.from('d2c5d6', 'hex'),
    Buffer.from('</a>'),
  ]),
  'a.svg': Buffer.from(SVG),
  'declared.svg': Buffer.from(`<?xml version="1.0"?><!-- a > b --><!DOCTYPE svg PUBLIC "a" "b">${SVG}`),
  'utf16.svg': Buffer.concat([Buffer.from('fffe', 'hex'), utf16(SVG)]),
  'utf16 unmarked.svg': utf16(`<?xml version="1.0" encoding="UTF-16"?>${SVG}`),
  'prefixed.svg': Buffer.from('<x:svg xmlns:x="http://www.w3.org/2000/svg"/>'),
  'entities.svg': Buffer.from(`<!DOCTYPE svg [<!ENTITY a "]>">]>${SVG}`),
  'a.html': Buffer.from(HTML),
  'blank.html': Buffer.from(`\r\n \t\f${HTML}`),
  'marked.html': sample.utf8WithMark(HTML),
  'twice marked.html': Buffer.concat([Buffer.from('efbbbf', 'hex'), sample.utf8WithMark(` ${HTML}`)]),
  'comment.html': Buffer.from('<!-- GIF89a --><script>alert(1)</script>'),
  'short comment.html': Buffer.from('<!--><script>alert(1)</script><!-- -->'),
  'open comment.html': Buffer.from('<!-- GIF89a <script>alert(1)</script>'),
  'declared.html': Buffer.from('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
  'instruction.html': Buffer.from('<?a ><script>alert(1)</script> ?><a/>'),
  // An algorithm with quadratic time would take minutes.
  'endless.txt': Buffer.from(`<?${'>'.repeat(250_000)}`),
  'brackets.txt': Buffer.from(`<!doctype a [${'"]'.repeat(120_000)}`),
  'xhtml.xml': Buffer.from('<?xml version="1.0"?><a:html xmlns:a="http://www.w3.org/1999/xhtml"/>'),
  'utf16.html': Buffer.concat([Buffer.from('fffe', 'hex'), utf16(HTML)]),
  'utf16 unmarked.html': utf16(` ${HTML}`),
  'utf16be unmarked.html': utf16be(HTML),
  'binary tail.html': Buffer.concat([Buffer.from(HTML), sample.png()]),
  'blanks.html': Buffer.concat([Buffer.alloc(200_000, ' '), Buffer.from(HTML)]),
  'a.sh': Buffer.from('#!/bin/sh\nexit 0\n'),
  'payload.sh': Buffer.concat([Buffer.from('#!/usr/bin/env python3\n'), sample.gzip()]),
  'a.php': Buffer.from('<?php system($_GET[0]);'),
  'a.py': Buffer.from('print("MZ")\n'),
  'a.ts.txt': Buffer.from('export const a: number = 1\n'),
  'a.bat': Buffer.from('@echo off\r\necho hello\r\n'),
  'a.dot': Buffer.from('digraph { a -> b }\n'),
  'a.m3u8': Buffer.from('#EXTM3U\n#EXT-X-VERSION:3\n'),
  'a.rtf': Buffer.from('{\\rtf1\\ansi Hello}'),
  'binary.rtf': Buffer.concat([
    Buffer.from('{\\rtf1{\\pict\\bin4 '),
    Buffer.from('00010203', 'hex'),
    Buffer.from('}}'),
  ]),
  'sheet.xml': Buffer.from('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
  'word.xml': Buffer.from('<?xml version="1.0"?><?mso-application progid="Word.Document"?><wordDocument/>'),
  'table.html': Buffer.from('<html><table><tr><td>1</td></tr></table></html>'),
  'a.asc': Buffer.from(
    `-----BEGIN PGP MESSAGE-----\n\n${PGP.toString('base64')}\n-----END PGP MESSAGE-----\n`,
  ),
  'a.vtt': Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n'),
  'a.ics': Buffer.from('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n'),
  'a.vcf': Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ä\r\nEND:VCARD\r\n'),
  'ascii.stl': Buffer.from('solid a\nfacet normal 0 0 0\nendfacet\nendsolid a\n'),
  'text.pdf': Buffer.from('%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n'),
}

/** Bytes with a signature, or with an apparent one. */
const BINARIES: Made = {
  'random.bin': sample.patternedBytes(1000),
  'one.bin': Buffer.from([0]),
  'a.exe': program(),
  'dos.com': padded(latin1('MZ\x01\0')),
  'tar.exe': Buffer.concat([program().subarray(0, 257), latin1('ustar\0'), program().subarray(263)]),
  'a.elf': padded(latin1('\x7fELF\x02\x01\x01')),
  'a.macho': padded(Buffer.from('cffaedfe07000001', 'hex')),
  'a.class': padded(Buffer.from('cafebabe00000034', 'hex')),
  'a.wasm': padded(Buffer.from('0061736d01000000', 'hex')),
  'tiny.png': sample.png(),
  'late.png': Buffer.concat([Buffer.from([0xff]), sample.png()]),
  'marked.png': Buffer.concat([Buffer.from('efbbbf', 'hex'), sample.png()]),
  'cut.png': sample.png().subarray(0, 5),
  'behind 900.pdf': Buffer.concat([Buffer.alloc(900, 1), sample.pdf()]),
  'behind 2000.pdf': Buffer.concat([Buffer.alloc(2000, 1), sample.pdf()]),
  'printer.pdf': Buffer.concat([latin1('\x1b%-12345X@PJL JOB\r\n'), sample.pdf()]),
  'blank.pdf': Buffer.concat([Buffer.from('\r\n\r\n'), sample.pdf()]),
  'html.pdf': Buffer.concat([Buffer.from(HTML), sample.pdf()]),
  'script.pdf': Buffer.concat([Buffer.from('#!/bin/sh\n'), sample.pdf()]),
  'program.pdf': Buffer.concat([program(), sample.pdf()]),
  'a.ttf': padded(Buffer.from('00010000000a0080', 'hex')),
  'apple.ttf': padded(latin1('true\0\x0a\0\x80')),
  'a.otf': padded(latin1('OTTO\0\x0a\0\x80')),
  'a.ttc': padded(latin1('ttcf\0\x01\0\0')),
  'a.woff': padded(latin1('wOFFtrue')),
  'a.woff2': padded(latin1('wOF2\0\x01\0\0')),
  'a.rmi': padded(latin1('RIFF\xf8\x01\0\0RMIDdata')),
  'a.mid': padded(latin1('MThd\0\0\0\x06\0\x01')),
  'a.ani': padded(latin1('RIFF\xf8\x01\0\0ACONanih')),
  'a.iff': padded(latin1('FORM\0\0\x01\xf8ILBMBMHD')),
  'segment.m4s': padded(latin1('\0\0\0\x18stypmsdh\0\0\0\0msdhmsix')),
  'moof.m4s': padded(latin1('\0\0\0\x10moof\0\0\0\x08')),
  'a.heic': padded(latin1('\0\0\0\x18ftypheic\0\0\0\0mif1heic')),
  'mif1.avif': padded(latin1('\0\0\0\x1cftypmif1\0\0\0\0avifmif1')),
  'big.tiff': padded(latin1('II+\0\x08\0\0\0\x10')),
  'a.psd': padded(latin1('8BPS\0\x01')),
  'a.pcapng': padded(Buffer.from('0a0d0d0a1c0000004d3c2b1a', 'hex')),
  'nanoseconds.pcap': padded(Buffer.from('4d3cb2a102000400', 'hex')),
  'a.rar': padded(latin1('Rar!\x1a\x07\x01\0')),
  'a.cab': padded(latin1('MSCF\0\0\0\0')),
  'a.rpm': padded(Buffer.from('edabeedb03000000', 'hex')),
  'a.zlib': Buffer.from('7801cb48cdc9c95728cf2fca49010019d3042f', 'hex'),
  'a.amr': Buffer.concat([latin1('#!AMR\n'), sample.patternedBytes(320)]),
  'a.silk': Buffer.concat([latin1('#!SILK_V3'), Buffer.alloc(100, 2)]),
  'a.gpg': Buffer.concat([Buffer.from('8c0d04090302', 'hex'), PGP]),
  'a.swf': padded(latin1('ZWS\x0d')),
}

export const SAMPLES: Made = { ...TEXTS, ...BINARIES }
