import type { FileKind } from '@waybill/extract/file-kind.ts'
import mime from 'mime'
import { canonicalContentType } from '../../domain/files/content-type/aliases.ts'
import { isTextType } from '../../domain/files/content-type/formats.ts'
import { ExtractionFailure } from '../text-extractor.ts'

const OFFICE = 'application/vnd.openxmlformats-officedocument.'
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument.'

const KINDS_BY_TYPE: Readonly<Record<string, FileKind>> = {
  'application/pdf': 'pdf',
  [`${OFFICE}wordprocessingml.document`]: 'docx',
  [`${OFFICE}wordprocessingml.template`]: 'docx',
  'application/vnd.ms-word.document.macroenabled.12': 'docx',
  [`${OFFICE}presentationml.presentation`]: 'pptx',
  [`${OFFICE}presentationml.slideshow`]: 'pptx',
  'application/vnd.ms-powerpoint.presentation.macroenabled.12': 'pptx',
  [`${OFFICE}spreadsheetml.sheet`]: 'xlsx',
  'application/vnd.ms-excel.sheet.macroenabled.12': 'xlsx',
  [`${OPEN_DOCUMENT}text`]: 'odt',
  [`${OPEN_DOCUMENT}presentation`]: 'odp',
  [`${OPEN_DOCUMENT}spreadsheet`]: 'ods',
  'application/epub+zip': 'epub',
  'application/rtf': 'rtf',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/json': 'json',
  'application/jsonl': 'json',
  'application/ndjson': 'json',
  'application/x-ndjson': 'json',
  'application/x-jsonlines': 'json',
  'application/xml': 'xml',
  'message/rfc822': 'eml',
  'text/vtt': 'subtitles',
  'application/x-subrip': 'subtitles',
}

/** Kinds of extensions that have no type of their own, or an ambiguous one (`.ts` is also a video). */
const KINDS_BY_EXTENSION: Readonly<Record<string, FileKind>> = {
  ...byExtension('code', [
    ...['bash', 'bat', 'c', 'cc', 'cfg', 'clj', 'cmake', 'conf', 'cpp', 'cs', 'css', 'cxx', 'dart', 'diff'],
    ...['dockerfile', 'el', 'env', 'erl', 'ex', 'exs', 'f90', 'fs', 'go', 'gradle', 'graphql', 'groovy', 'h'],
    ...['hpp', 'hs', 'ini', 'java', 'jl', 'js', 'jsx', 'kt', 'kts', 'less', 'lua', 'm', 'mjs', 'ml', 'mts'],
    ...['nim', 'patch', 'php', 'pl', 'pm', 'properties', 'proto', 'ps1', 'py', 'r', 'rb', 'rs', 'sass'],
    ...['scala', 'scss', 'sh', 'sol', 'sql', 'svelte', 'swift', 'tex', 'tf', 'toml', 'ts', 'tsx', 'v', 'vb'],
    ...['vue', 'yaml', 'yml', 'zig', 'zsh'],
  ]),
  csv: 'csv',
  docx: 'docx',
  eml: 'eml',
  epub: 'epub',
  htm: 'html',
  html: 'html',
  json: 'json',
  jsonl: 'json',
  markdown: 'markdown',
  md: 'markdown',
  mdx: 'markdown',
  ndjson: 'json',
  odp: 'odp',
  ods: 'ods',
  odt: 'odt',
  pptx: 'pptx',
  srt: 'subtitles',
  tsv: 'tsv',
  vtt: 'subtitles',
  xlsx: 'xlsx',
  xml: 'xml',
}

/** Types that say less than a plausible extension or declaration: `text/plain` of Markdown, the ZIP of a document. */
const VAGUE_TYPES: ReadonlySet<string> = new Set([
  ...['application/octet-stream', 'application/x-cfb', 'application/xml', 'application/zip', 'text/html'],
  'text/plain',
])

/** Kinds that a file with a vague detected type may have; any when the type is not listed. */
const KINDS_OF_VAGUE: Readonly<Record<string, ReadonlySet<FileKind>>> = {
  'application/x-cfb': new Set(['docx', 'pptx', 'xlsx']),
  'application/zip': new Set(['docx', 'epub', 'odp', 'ods', 'odt', 'pptx', 'xlsx']),
}

/** Kinds of binary files, none of which is text. A file without their signature is damaged, and the reader says so. */
const BINARY: ReadonlySet<FileKind> = new Set([
  ...(['docx', 'epub', 'odp', 'ods', 'odt', 'pdf', 'pptx', 'xlsx'] as const),
])

/** Kinds that a process of its own reads, because their libraries do not limit what they do. */
const PROCESS_KINDS: ReadonlySet<FileKind> = new Set([...BINARY, 'eml', 'html', 'rtf'])

/** Tells if a file of this kind needs a process; a thread is enough for plain text. */
export function needsProcess(kind: FileKind): boolean {
  return PROCESS_KINDS.has(kind)
}

export interface TypeEvidence {
  readonly filename: string
  readonly contentType: string
  readonly detectedContentType: string | null
  /** True when the beginning of the file is text in any encoding. */
  readonly isText: boolean
}

/**
 * Returns the kind of a file by its detected type, its declared type and its extension, in this order of trust; a vague
 * type leaves the choice to the next. Throws `unsupported_file`.
 */
export function chooseKind(evidence: TypeEvidence): FileKind {
  const detected = canonical(evidence.detectedContentType)
  const declared = canonical(evidence.contentType)
  const named = kindOfName(evidence.filename)
  if (detected !== null && !VAGUE_TYPES.has(detected))
    return kindOfType(detected) ?? refuse(detected, evidence)
  const candidates = [declared !== null && VAGUE_TYPES.has(declared) ? null : kindOfType(declared), named]
  const kind = candidates.find((kind) => kind && mayBe(kind, detected, evidence.isText))
  if (kind) return kind
  const vague = [detected, declared]
    .map(kindOfType)
    .find((kind) => kind && mayBe(kind, detected, evidence.isText))
  if (vague) return vague
  if (evidence.isText && detected === null) return 'text'
  return refuse(detected ?? declared ?? 'application/octet-stream', evidence)
}

function mayBe(kind: FileKind, detected: string | null, isText: boolean): boolean {
  const allowed = detected === null ? undefined : KINDS_OF_VAGUE[detected]
  if (allowed) return allowed.has(kind)
  return isText !== BINARY.has(kind)
}

function canonical(type: string | null): string | null {
  return type === null ? null : canonicalContentType(type)
}

function kindOfType(type: string | null): FileKind | null {
  if (type === null) return null
  const kind = KINDS_BY_TYPE[type]
  if (kind) return kind
  if (type.endsWith('+json')) return 'json'
  if (type.endsWith('+xml')) return 'xml'
  if (type === 'text/plain') return 'text'
  return isTextType(type) ? 'code' : null
}

function kindOfName(filename: string): FileKind | null {
  const extension = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()
  return KINDS_BY_EXTENSION[extension] ?? kindOfType(canonical(mime.getType(filename)))
}

function byExtension(kind: FileKind, extensions: readonly string[]): Record<string, FileKind> {
  return Object.fromEntries(extensions.map((extension) => [extension, kind]))
}

/** Formats of Office before 2007 with their present ones. Their detected type is that of the container of all of them. */
const LEGACY_OFFICE: readonly (readonly [pattern: RegExp, present: string])[] = [
  [/^application\/msword$|\.do[ct]$/i, 'DOCX'],
  [/^application\/vnd\.ms-excel$|\.xl[st]$/i, 'XLSX'],
  [/^application\/vnd\.ms-powerpoint$|\.pp[st]$/i, 'PPTX'],
  [/^application\/vnd\.ms-outlook$|\.msg$/i, 'EML'],
  [/^application\/x-cfb$/, 'DOCX, XLSX, PPTX'],
]

function refuse(type: string, { filename, contentType }: TypeEvidence): never {
  const legacy = LEGACY_OFFICE.find(([pattern]) =>
    [canonical(contentType) ?? '', filename, type].some((one) => pattern.test(one)),
  )
  const step = legacy
    ? `Save it as ${legacy[1]} or PDF and upload the result.`
    : 'Convert it to PDF, DOCX, HTML or plain text and upload the result.'
  throw new ExtractionFailure(
    'unsupported_file',
    `Text cannot be extracted from files of type ${type}. ${step}`,
  )
}
