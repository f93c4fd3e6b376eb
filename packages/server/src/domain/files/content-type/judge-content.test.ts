import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ContentEvidence, judgeContent } from './judge-content.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const binary = (detected: string | null, more: Partial<ContentEvidence> = {}): ContentEvidence => ({
  signature: detected,
  detected,
  isText: false,
  active: null,
  zipPackage: null,
  ...more,
})
const text = (detected: string | null = null, more: Partial<ContentEvidence> = {}): ContentEvidence =>
  binary(detected, { isText: true, ...more })

const CASES: Readonly<Record<string, readonly (readonly [declared: string, evidence: ContentEvidence])[]>> = {
  confirmed: [
    ['image/png', binary('image/png')],
    ['image/jpg', binary('image/jpeg')],
    ['image/gif', text(null, { signature: 'image/gif' })],
    ['video/x-matroska', binary('video/matroska')],
    ['application/vnd.debian.binary-package', binary('application/x-deb')],
    [DOCX, binary(DOCX)],
    ['image/svg+xml', text('image/svg+xml', { active: 'svg' })],
  ],
  plausible: [
    ['application/octet-stream', binary('image/png')],
    ['application/problem+json', text()],
    ['text/plain', binary(null)],
    ['text/plain', text(null, { signature: 'image/gif' })],
    ['text/plain', binary('application/gzip')],
    ['application/zip', binary(DOCX)],
    ['application/msword', binary('application/x-cfb')],
    ['application/msword', text('application/rtf')],
    ['application/vnd.ms-excel', text()],
    [DOCX, binary('application/x-cfb')],
    [DOCX, binary('application/zip', { zipPackage: 'open-xml' })],
    ['audio/mp4', binary('video/mp4')],
    ['video/mp4', binary('video/quicktime')],
    ['application/x-acme', binary('application/zip')],
    ['application/x-acme', binary('image/png')],
    ['application/x-acme', binary(null)],
    ['application/x-acme', text('text/html', { active: 'html' })],
    ['video/mp2t', text()],
    ['text/plain', text('image/svg+xml', { active: 'svg' })],
  ],
  contradicted: [
    ['image/png', binary('application/pdf')],
    ['image/png', text()],
    ['image/png', text(null, { signature: 'image/gif' })],
    ['image/png', binary(null)],
    ['text/plain', binary('image/png')],
    [DOCX, binary(XLSX)],
    [DOCX, binary('application/zip')],
    [DOCX, binary('application/zip', { zipPackage: 'open-document' })],
    ['application/msword', binary(DOCX)],
    ['audio/mpeg', text()],
    ['audio/wav', binary('image/webp')],
    ['image/x-acme', text('text/html', { active: 'html' })],
    ['image/x-acme', text(null, { active: 'script' })],
    ['image/x-acme', text('image/svg+xml', { active: 'svg' })],
    ['image/x-acme', binary('application/x-elf', { active: 'executable' })],
    ['image/svg+xml', text('text/html', { active: 'html' })],
    ['font/x-acme', binary('application/x-tar', { active: 'executable' })],
    ['application/pdf', binary('application/pdf', { active: 'html' })],
    ['video/mp2t', text(null, { active: 'script' })],
  ],
}

describe('judgeContent', () => {
  for (const [verdict, cases] of Object.entries(CASES)) {
    for (const [declared, evidence] of cases) {
      const { detected, isText, active, zipPackage } = evidence
      const bytes = [active, zipPackage, isText ? 'text' : 'binary'].filter((word) => word !== null).join(' ')
      it(`judges ${declared} ${verdict} for ${bytes} with ${detected ?? 'no signature'}`, () => {
        assert.equal(judgeContent(declared, evidence), verdict)
      })
    }
  }
})
