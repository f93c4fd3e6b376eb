import { supportedMimeTypes } from 'file-type'

/** What the bytes themselves say. */
export interface ContentEvidence {
  /** The type whose signature the bytes show, in canonical form, or null. */
  readonly detected: string | null
  /** Whether the bytes read so far are valid UTF-8 without control characters that text never has. */
  readonly isText: boolean
}

export const UNKNOWN_CONTENT = 'application/octet-stream'

export const PLAIN_TEXT = 'text/plain'
const ZIP = 'application/zip'
const COMPOUND_FILE = 'application/x-cfb'
const MATROSKA = 'video/matroska'
const MP4 = 'video/mp4'
const OGG = 'application/ogg'
const ASF = 'application/vnd.ms-asf'
const HEIF = 'image/heif'

/** Other names that clients use for a type; the right side is the name that signatures are reported under. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['application/mp4', MP4],
  ['application/vnd.rar', 'application/x-rar-compressed'],
  ['application/x-7z', 'application/x-7z-compressed'],
  ['application/x-bzip', 'application/x-bzip2'],
  ['application/bzip2', 'application/x-bzip2'],
  ['application/x-gzip', 'application/gzip'],
  ['application/x-javascript', 'text/javascript'],
  ['application/javascript', 'text/javascript'],
  ['application/x-pdf', 'application/pdf'],
  ['application/x-rar', 'application/x-rar-compressed'],
  ['application/x-zip', ZIP],
  ['application/x-zip-compressed', ZIP],
  ['application/x-zstd', 'application/zstd'],
  ['application/x-yaml', 'application/yaml'],
  ['application/vnd.sqlite3', 'application/x-sqlite3'],
  ['application/x-ms-dos-executable', 'application/x-msdownload'],
  ['application/x-dosexec', 'application/x-msdownload'],
  ['application/x-executable', 'application/x-elf'],
  ['application/vnd.microsoft.portable-executable', 'application/x-msdownload'],
  ['audio/m4a', 'audio/x-m4a'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/mpeg3', 'audio/mpeg'],
  ['audio/mid', 'audio/midi'],
  ['audio/x-midi', 'audio/midi'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/x-aac', 'audio/aac'],
  ['audio/x-aiff', 'audio/aiff'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-wav', 'audio/wav'],
  ['font/sfnt', 'font/ttf'],
  ['application/font-woff', 'font/woff'],
  ['application/x-font-ttf', 'font/ttf'],
  ['application/x-font-otf', 'font/otf'],
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/tif', 'image/tiff'],
  ['image/vnd.microsoft.icon', 'image/x-icon'],
  ['image/x-bmp', 'image/bmp'],
  ['image/x-ms-bmp', 'image/bmp'],
  ['image/x-png', 'image/png'],
  ['image/x-tiff', 'image/tiff'],
  ['text/json', 'application/json'],
  ['text/rtf', 'application/rtf'],
  ['text/xml', 'application/xml'],
  ['text/yaml', 'application/yaml'],
  ['text/x-yaml', 'application/yaml'],
  ['video/avi', 'video/vnd.avi'],
  ['video/msvideo', 'video/vnd.avi'],
  ['video/x-msvideo', 'video/vnd.avi'],
  ['video/x-matroska', MATROSKA],
])

/**
 * Types that share one container. A declared type passes when the container itself is detected, or another
 * member that the signature cannot tell apart from it. Office files are no such members: they are told apart.
 */
const SAME_CONTAINER: ReadonlyMap<string, string> = new Map([
  ['audio/mp4', MP4],
  ['audio/x-m4a', MP4],
  ['video/3gpp', MP4],
  ['video/3gpp2', MP4],
  ['video/quicktime', MP4],
  ['video/x-m4v', MP4],
  ['audio/webm', 'video/webm'],
  ['audio/x-matroska', MATROSKA],
  ['audio/ogg', OGG],
  ['video/ogg', OGG],
  ['audio/opus', OGG],
  ['audio/x-ms-wma', ASF],
  ['video/x-ms-wmv', ASF],
  ['audio/x-ms-asf', ASF],
  ['video/x-ms-asf', ASF],
  ['image/heic', HEIF],
  ['image/heic-sequence', HEIF],
  ['image/heif-sequence', HEIF],
  ['application/msword', COMPOUND_FILE],
  ['application/vnd.ms-excel', COMPOUND_FILE],
  ['application/vnd.ms-powerpoint', COMPOUND_FILE],
  ['application/vnd.ms-outlook', COMPOUND_FILE],
  ['application/vnd.visio', COMPOUND_FILE],
  ['image/apng', 'image/png'],
])

/** Formats that many others are made of: bytes that show one do not contradict a type that has no signature. */
const GENERIC_CONTAINERS: ReadonlySet<string> = new Set([
  ZIP,
  COMPOUND_FILE,
  OGG,
  MP4,
  'application/gzip',
  'application/x-tar',
  'application/x-sqlite3',
  'application/xml',
  'application/zstd',
])

/** Text formats outside `text/*`; every `+json`, `+xml` and `+yaml` type is one too. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  'application/ecmascript',
  'application/graphql',
  'application/json',
  'application/jsonl',
  'application/ld+json',
  'application/ndjson',
  'application/rtf',
  'application/sql',
  'application/toml',
  'application/typescript',
  'application/x-csh',
  'application/x-httpd-php',
  'application/x-jsonlines',
  'application/x-latex',
  'application/x-ms-regedit',
  'application/x-ndjson',
  'application/x-perl',
  'application/x-php',
  'application/x-python',
  'application/x-python-code',
  'application/x-ruby',
  'application/x-sh',
  'application/x-shellscript',
  'application/x-subrip',
  'application/x-tex',
  'application/x-typescript',
  'application/xml',
  'application/xml-dtd',
  'application/yaml',
])

/** Formats whose beginning varies too much for a missing signature to mean anything. */
const UNRELIABLE_SIGNATURES: ReadonlySet<string> = new Set([
  'application/postscript',
  'application/x-apple-diskimage',
  'application/x-mie',
  'application/x-nintendo-nes-rom',
  'audio/aac',
  'model/stl',
  'video/mp2t',
  'video/mpeg',
])

const ESSENCE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/
/** Parameters as RFC 9110 section 5.6.6 has them, without what a quoted string could hide. */
const PARAMETERS =
  /^(?:[ \t]*;[ \t]*[a-z0-9!#$&^_.+-]+=(?:[a-z0-9!#$&^_.+-]+|"[a-z0-9!#$&^_.+ /:=-]*"))*[ \t]*;?$/

/** The type without parameters, in lower case and under its main name, or null when `text` is no type. */
export function canonicalContentType(text: string): string | null {
  const lower = text.toLowerCase()
  const end = lower.indexOf(';') === -1 ? lower.length : lower.indexOf(';')
  const essence = lower.slice(0, end).trim()
  if (!ESSENCE.test(essence) || !PARAMETERS.test(lower.slice(end))) return null
  return ALIASES.get(essence) ?? essence
}

/** Whether two declarations name one type: `image/jpg` and `image/jpeg`, with or without parameters. */
export function isSameContentType(a: string, b: string): boolean {
  return canonicalContentType(a) === canonicalContentType(b)
}

/** Whether the type is among those allowed; `image/*` allows all of a kind, and null everything. */
export function isAllowedContentType(type: string, allowed: readonly string[] | null): boolean {
  const canonical = canonicalContentType(type)
  if (canonical === null || allowed === null) return canonical !== null
  return allowed.some((entry) => entry === canonical || entry === `${canonical.split('/', 1)[0]}/*`)
}

const knownSignatures: ReadonlySet<string> = new Set(
  [...supportedMimeTypes].flatMap((type) => canonicalContentType(type) ?? []),
)

function isTextType(type: string): boolean {
  return type.startsWith('text/') || TEXT_TYPES.has(type) || /\+(json|xml|yaml)$/.test(type)
}

function hasReliableSignature(type: string): boolean {
  const container = SAME_CONTAINER.get(type)
  return !UNRELIABLE_SIGNATURES.has(type) && (knownSignatures.has(type) || container !== undefined)
}

/** Whether bytes that show `detected` can be of type `declared`. */
function isShownBy(declared: string, detected: string): boolean {
  if (declared === detected) return true
  const containerOf = (type: string) => SAME_CONTAINER.get(type) ?? type
  if (containerOf(declared) === containerOf(detected)) return true
  return declared === ZIP && isZipBased(detected)
}

/** Whether every file of this type is a ZIP archive, so that calling it one is true. */
function isZipBased(type: string): boolean {
  return (
    /^application\/vnd\.(openxmlformats-officedocument|oasis\.opendocument)\./.test(type) ||
    /^application\/vnd\.ms-(word|excel|powerpoint)\..*macroenabled\.12$/.test(type) ||
    /^application\/(epub\+zip|java-archive|x-xpinstall|vnd\.android\.package-archive)$/.test(type) ||
    type === 'model/3mf'
  )
}

/**
 * The type that the bytes show where it contradicts the declared one, or null where nothing contradicts it.
 * `application/octet-stream` is never contradicted; text passes for every text type, even where its first
 * letters look like a signature; a type whose signature is known must show it.
 */
export function contradictingType(declared: string, evidence: ContentEvidence): string | null {
  const type = canonicalContentType(declared) ?? UNKNOWN_CONTENT
  const { detected, isText } = evidence
  if (type === UNKNOWN_CONTENT) return null
  if (isTextType(type) && isText) return null
  if (detected !== null && isShownBy(type, detected)) return null
  if (!isTextType(type) && hasReliableSignature(type)) {
    return isText ? PLAIN_TEXT : (detected ?? UNKNOWN_CONTENT)
  }
  if (detected === null || (isText && !isTextType(type))) return null
  if (!isTextType(type) && GENERIC_CONTAINERS.has(detected)) return null
  return detected
}
