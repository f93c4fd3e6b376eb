import { trimBlanks } from './trim-blanks.ts'

/** Parsed Content-Disposition of one form part. */
export interface PartDisposition {
  readonly name: string
  /** File name without folders; null when the part has no file name. */
  readonly filename: string | null
}

interface Parameter {
  readonly name: string
  readonly value: string
  readonly isQuoted: boolean
}

/**
 * Parses a Content-Disposition with one byte per character, like Node's headers. `filename*` (RFC 8187) takes
 * precedence over `filename`. Returns null when it is not form data with a name.
 */
export function parsePartDisposition(header: string): PartDisposition | null {
  const [type = '', rest = ''] = splitOnce(header, ';')
  if (type.trim().toLowerCase() !== 'form-data') return null
  const parameters = parseParameters(rest)
  const name = parameters.find((parameter) => parameter.name === 'name')
  if (name === undefined) return null
  return { name: decodePlain(name), filename: filenameOf(parameters) }
}

/**
 * Returns the file name of a Content-Disposition of any type (RFC 6266), without folders; null when it has none. The
 * header has one byte per character.
 */
export function parseDispositionFilename(header: string): string | null {
  return filenameOf(parseParameters(splitOnce(header, ';')[1]))
}

function filenameOf(parameters: readonly Parameter[]): string | null {
  const find = (name: string) => parameters.find((parameter) => parameter.name === name)
  const plain = find('filename')
  const extended = decodeExtended(find('filename*')?.value ?? '')
  const filename = extended ?? (plain === undefined ? null : decodePlain(plain))
  return filename === null ? null : lastSegment(filename)
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

/**
 * One parameter and the semicolon after it. The value is quoted, possibly without a closing quote, or ends at the
 * semicolon; other text is skipped. Each match starts at the end of the previous one, so the time is linear.
 */
const PARAMETER = /\s*(?:([^\s;="]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"?[^;]*|([^;]*))|[^;]*)(?:;|$)/gsy

function parseParameters(text: string): Parameter[] {
  return [...text.matchAll(PARAMETER)].map(([, name = '', quoted, token = '']) => ({
    name: name.toLowerCase(),
    // Only these two are escapes: other backslashes are literal, as in a Windows path.
    value: quoted === undefined ? trimBlanks(token) : quoted.replace(/\\(["\\])/g, '$1'),
    isQuoted: quoted !== undefined,
  }))
}

/** Decodes a plain value. In quoted values, browsers write a quotation mark as `%22`, and escape nothing else. */
function decodePlain({ value, isQuoted }: Parameter): string {
  const text = decodeBytes(Buffer.from(value, 'latin1'))
  return isQuoted ? text.replaceAll('%22', '"') : text
}

/** Decodes valid UTF-8, and other bytes as Windows-1252, which has a character for each byte. */
function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Decodes a value of `filename*`, such as `UTF-8''na%C3%AFve.txt`; returns null when it is invalid. */
function decodeExtended(value: string): string | null {
  const [, charset = '', encoded = ''] =
    /^(utf-8|iso-8859-1)'[^']*'([^\s"%;]*(?:%[\da-f]{2}[^\s"%;]*)*)$/i.exec(value) ?? []
  if (charset === '') return null
  const latin1 = encoded.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return null
  }
}

/** Returns the text after the last slash or backslash: clients send relative paths for files of a chosen folder. */
function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
