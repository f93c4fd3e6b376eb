import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { canonicalContentType, contradictingType, isSameContentType } from './content-type.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const binary = (detected: string | null) => ({ detected, isText: false })
const text = (detected: string | null = null) => ({ detected, isText: true })

const CASES = [
  { declared: 'image/png', evidence: binary('image/png'), contradiction: null },
  { declared: 'image/jpg', evidence: binary('image/jpeg'), contradiction: null },
  { declared: 'image/png', evidence: binary('application/pdf'), contradiction: 'application/pdf' },
  { declared: 'image/png', evidence: text(), contradiction: 'text/plain' },
  { declared: 'image/png', evidence: binary(null), contradiction: 'application/octet-stream' },
  { declared: 'application/octet-stream', evidence: binary('image/png'), contradiction: null },
  { declared: 'text/plain', evidence: text('image/bmp'), contradiction: null },
  { declared: 'text/csv', evidence: text('application/x-msdownload'), contradiction: null },
  { declared: 'application/problem+json', evidence: text(), contradiction: null },
  { declared: 'text/plain', evidence: binary('image/png'), contradiction: 'image/png' },
  { declared: 'text/plain', evidence: binary(null), contradiction: null },
  { declared: DOCX, evidence: binary(DOCX), contradiction: null },
  { declared: DOCX, evidence: binary(XLSX), contradiction: XLSX },
  { declared: DOCX, evidence: binary('application/zip'), contradiction: 'application/zip' },
  { declared: 'application/zip', evidence: binary(DOCX), contradiction: null },
  { declared: 'application/msword', evidence: binary('application/x-cfb'), contradiction: null },
  { declared: 'application/msword', evidence: binary(DOCX), contradiction: DOCX },
  { declared: 'audio/mp4', evidence: binary('video/mp4'), contradiction: null },
  { declared: 'video/mp4', evidence: binary('video/quicktime'), contradiction: null },
  { declared: 'video/x-matroska', evidence: binary('video/matroska'), contradiction: null },
  { declared: 'application/x-acme', evidence: binary('application/zip'), contradiction: null },
  { declared: 'application/x-acme', evidence: binary('image/png'), contradiction: 'image/png' },
  { declared: 'application/x-acme', evidence: binary(null), contradiction: null },
]

describe('contradictingType', () => {
  for (const { declared, evidence, contradiction } of CASES) {
    const bytes = `${evidence.isText ? 'text' : 'binary'} showing ${evidence.detected ?? 'no signature'}`
    it(`of ${declared} and ${bytes} is ${contradiction ?? 'nothing'}`, () => {
      assert.equal(contradictingType(declared, evidence), contradiction)
    })
  }
})

describe('canonicalContentType', () => {
  it('drops parameters and case, and knows aliases', () => {
    assert.equal(canonicalContentType('Text/HTML; charset=utf-8'), 'text/html')
    assert.equal(canonicalContentType('text/html;charset="UTF-8"; a=b;'), 'text/html')
    assert.ok(isSameContentType('audio/x-wav', 'audio/vnd.wave'))
    assert.ok(!isSameContentType('image/png', 'image/jpeg'))
  })

  for (const wrong of [
    'text/plain; x=😀',
    'text/plain; x=\0',
    'text/plain;\r\nX-Evil: 1',
    'text/plain;,text/html',
    'text/plain; charset="a,b"',
    'text/plain; charset',
    '',
    'png',
    'image/',
    '/png',
    'image/p ng',
    'image/png/x',
    'ima\u0000ge/png',
  ]) {
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.equal(canonicalContentType(wrong), null)
    })
  }
})
