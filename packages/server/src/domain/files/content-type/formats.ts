import { createRequire } from 'node:module'
import { canonicalContentType } from './aliases.ts'

export const ZIP = 'application/zip'
export const PDF = 'application/pdf'
export const XML = 'application/xml'
export const HTML = 'text/html'
export const SVG = 'image/svg+xml'
const COMPOUND_FILE = 'application/x-cfb'
const TAR = 'application/x-tar'

/** Compressed streams: clients often declare the type of the content instead. */
const COMPRESSED: ReadonlySet<string> = new Set([
  ...['application/gzip', 'application/lzip', 'application/x-bzip2', 'application/x-compress'],
  ...['application/x-lz4', 'application/x-xz', 'application/zstd'],
])

export const EXECUTABLES: ReadonlySet<string> = new Set([
  ...['application/java-vm', 'application/wasm', 'application/x-elf', 'application/x-mach-binary'],
  'application/x-msdownload',
])

/** Text formats outside `text/*`, in addition to all `+json`, `+xml` and `+yaml` types. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  ...['application/ecmascript', 'application/graphql', 'application/json', 'application/jsonl'],
  ...['application/ld+json', 'application/ndjson', 'application/pgp-keys', 'application/pgp-signature'],
  ...['application/rtf', 'application/sql', 'application/toml', 'application/typescript'],
  ...['application/x-csh', 'application/x-httpd-php', 'application/x-jsonlines', 'application/x-latex'],
  ...['application/x-ms-regedit', 'application/x-ndjson', 'application/x-perl', 'application/x-php'],
  ...['application/x-python', 'application/x-python-code', 'application/x-ruby', 'application/x-sh'],
  ...['application/x-shellscript', 'application/x-subrip', 'application/x-tex'],
  ...['application/x-typescript', 'application/xml', 'application/xml-dtd', 'application/yaml'],
])

/** Signatures of text formats: reliable in files that are all text. */
const TEXT_SIGNATURES: ReadonlySet<string> = new Set([
  ...['application/eps', PDF, 'application/pgp-encrypted', 'application/postscript', 'application/rtf'],
  ...['application/x-ms-regedit', 'application/x-unix-archive', XML, 'text/calendar', HTML, 'text/vcard'],
  ...['text/vtt', SVG],
])

/**
 * Known formats whose files often lack the signature: streams that can be cut anywhere, formats with several headers,
 * and formats with ambiguous extensions (TypeScript is declared as `video/mp2t`, batch files as
 * `application/x-msdownload`, Graphviz as `application/msword`).
 */
const OPTIONAL_SIGNATURES: ReadonlySet<string> = new Set([
  ...['application/dicom', 'application/eps', 'application/mxf', 'application/msword'],
  ...['application/pgp-encrypted', 'application/postscript', 'application/vnd.apple.keynote'],
  ...['application/vnd.apple.numbers', 'application/vnd.apple.pages', 'application/vnd.ms-excel'],
  ...['application/vnd.ms-outlook', 'application/vnd.ms-powerpoint', 'application/vnd.sketchup.skp'],
  ...['application/vnd.visio', 'application/x-blender', 'application/x-esri-shape', 'application/x-ft-fbx'],
  ...['application/x-iso9660-image', 'application/x-mobipocket-ebook', 'application/x-msdownload'],
  ...['audio/aac', 'audio/mp4a-latm', 'audio/mpeg', 'image/x-olympus-orf', 'model/stl', 'video/mp2t'],
  ...['video/mp4v-es', 'video/mpeg'],
])

/** Formats with an optional signature that are never text. */
const NEVER_TEXT: ReadonlySet<string> = new Set([
  ...['application/mxf', 'application/vnd.ms-outlook', 'audio/aac', 'audio/mp4a-latm', 'audio/mpeg'],
  ...['video/mp4v-es', 'video/mpeg'],
])

/** Formats that may begin with any bytes, so that no signature contradicts them. */
const ANY_BEGINNING: ReadonlySet<string> = new Set([
  ...['application/x-apple-diskimage', 'application/x-asar', 'application/x-mie'],
  'application/x-nintendo-nes-rom',
])

const ISO_MEDIA = [
  ...['audio/mp4', 'audio/x-m4a', 'video/3gpp', 'video/3gpp2', 'video/mp4', 'video/quicktime'],
  'video/x-m4v',
]
const OGG = ['application/ogg', 'audio/ogg', 'video/ogg']
const MATROSKA = ['video/matroska', 'video/webm']
const ASF = ['application/vnd.ms-asf', 'audio/x-ms-asf', 'video/x-ms-asf']
const RIFF = ['audio/qcelp', 'audio/wav', 'video/vnd.avi']
const MPEG = ['video/mp2t', 'video/mpeg']
const TIFF = [
  ...['image/tiff', 'image/x-adobe-dng', 'image/x-canon-cr2', 'image/x-nikon-nef', 'image/x-sony-arw'],
]
const HEIF = ['image/heic', 'image/heic-sequence', 'image/heif', 'image/heif-sequence']
const JPEG_2000 = ['image/j2c', 'image/jp2', 'image/jpm', 'image/jpx', 'image/mj2']
const FONTS = ['font/collection', 'font/otf', 'font/ttf']
const ARCHIVES = [
  ...['application/java-archive', 'application/vnd.android.package-archive', 'application/vnd.apple.keynote'],
  ...['application/vnd.apple.numbers', 'application/vnd.apple.pages', 'application/x-xpinstall', ZIP],
]

/** Related formats: files declared as one of the left may have any signature of the right. */
const FAMILIES: readonly (readonly [declared: readonly string[], shown: readonly string[]])[] = [
  [
    [
      ...ISO_MEDIA,
      'audio/3gpp',
      'audio/3gpp2',
      'audio/aac',
      'audio/amr',
      'audio/amr-wb',
      'audio/mp4a-latm',
      'video/iso.segment',
      'video/mp4v-es',
    ],
    ISO_MEDIA,
  ],
  // Android's type for .m4a.
  [['audio/mpeg'], ['audio/mp4', 'audio/x-m4a']],
  [[...OGG, 'audio/flac', 'audio/opus', 'audio/speex', 'audio/vorbis', 'video/theora'], OGG],
  [[...MATROSKA, 'audio/matroska', 'audio/opus', 'audio/vorbis', 'audio/webm'], MATROSKA],
  [[...ASF, 'audio/x-ms-wma', 'video/x-ms-wm', 'video/x-ms-wmv'], ASF],
  [RIFF, RIFF],
  [[...MPEG, 'audio/mpeg'], MPEG],
  [['audio/amr-wb'], ['audio/amr']],
  [TIFF, TIFF],
  [HEIF, HEIF],
  [
    ['image/avif', 'image/avif-sequence'],
    ['image/avif', 'image/heif', 'image/heif-sequence'],
  ],
  [['image/heif', 'image/heif-sequence'], ['image/avif']],
  [JPEG_2000, JPEG_2000],
  [FONTS, FONTS],
  [
    ['image/apng', 'image/png'],
    ['image/apng', 'image/png'],
  ],
  // Illustrator files are PDF but are declared as PostScript.
  [
    ['application/eps', 'application/postscript'],
    ['application/eps', PDF, 'application/postscript'],
  ],
  [ARCHIVES, ARCHIVES],
  [['application/vnd.sketchup.skp'], [ZIP]],
  [
    [
      ...['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-outlook'],
      ...['application/vnd.ms-powerpoint', 'application/vnd.visio', 'application/x-msdownload'],
    ],
    [COMPOUND_FILE],
  ],
  [
    ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'],
    ['application/rtf', HTML, XML],
  ],
  [[TAR, 'application/x-blender'], [...COMPRESSED]],
]

const OPEN_XML =
  /^application\/vnd\.(openxmlformats-officedocument|ms-(word|excel|powerpoint)\..*macroenabled\.12$)/
const OPEN_DOCUMENT = /^application\/vnd\.oasis\.opendocument\./
const EPUB = 'application/epub+zip'

const isRelatedInFamily: (declared: string, shown: string) => boolean = (() => {
  const shownOf = new Map<string, Set<string>>()
  for (const [declared, shown] of FAMILIES) {
    for (const type of declared) {
      shownOf.set(type, new Set([...(shownOf.get(type) ?? []), ...shown]))
    }
  }
  return (declared, shown) => shownOf.get(declared)?.has(shown) === true
})()

const load = createRequire(import.meta.url)
let known: ReadonlySet<string> | null = null

/** Types with a known signature. The library is loaded with the first file, because it would slow down the start. */
function knownTypes(): ReadonlySet<string> {
  const { supportedMimeTypes }: typeof import('file-type') = load('file-type')
  return new Set([
    ...[...supportedMimeTypes].flatMap((type) => canonicalContentType(type) ?? []),
    ...FAMILIES.flatMap(([declared]) => declared),
  ])
}

/** Kind of package in a ZIP archive, told by its entries. */
export type ZipPackage = 'open-xml' | 'open-document' | 'epub'

/** Tells if the type is text of some kind. */
export function isTextType(type: string): boolean {
  return type.startsWith('text/') || TEXT_TYPES.has(type) || /\+(json|xml|yaml)$/.test(type)
}

/** Tells if a signature is reliable in a file that is all text. */
export function isTextSignature(type: string): boolean {
  return TEXT_SIGNATURES.has(type)
}

/** Tells if a file of a text type may have the signature: another text format, or compressed text. */
export function canHoldText(shown: string): boolean {
  return (TEXT_SIGNATURES.has(shown) && shown !== PDF) || COMPRESSED.has(shown)
}

/** Returns how reliably files of the type have a known signature. */
export function signatureOf(type: string): 'always' | 'usually' | 'unknown' {
  known ??= knownTypes()
  if (ANY_BEGINNING.has(type) || !known.has(type)) return 'unknown'
  return OPTIONAL_SIGNATURES.has(type) ? 'usually' : 'always'
}

/** Tells if files of a type with an optional signature may be text. */
export function mayBeText(type: string): boolean {
  return OPTIONAL_SIGNATURES.has(type) && !NEVER_TEXT.has(type)
}

/** Tells if files declared as one type can show the signature of another, because one contains the other. */
export function isRelated(declared: string, shown: string, zipPackage: ZipPackage | null): boolean {
  if (isRelatedInFamily(declared, shown)) return true
  if (declared === ZIP) return isZipBased(shown)
  // Encrypted Office files are compound files with the package inside.
  if (shown === COMPOUND_FILE) return OPEN_XML.test(declared)
  return shown === ZIP && zipPackage !== null && zipPackage === packageOf(declared)
}

function isZipBased(type: string): boolean {
  return (
    packageOf(type) !== null ||
    ARCHIVES.includes(type) ||
    type === 'model/3mf' ||
    type === 'application/vnd.visio'
  )
}

function packageOf(type: string): ZipPackage | null {
  if (OPEN_XML.test(type) || type === 'model/3mf') return 'open-xml'
  if (OPEN_DOCUMENT.test(type)) return 'open-document'
  return type === EPUB ? 'epub' : null
}
