/** What the Content-Disposition of one part of a form says. */
export interface PartDisposition {
  readonly name: string
  /** Without the folders in front of it; null for a part that names no file. */
  readonly filename: string | null
}

interface Parameter {
  readonly name: string
  readonly value: string
  readonly isQuoted: boolean
}

/**
 * Parses a Content-Disposition whose bytes stand one in each character, as Node has headers. `filename*` (RFC 8187)
 * wins over `filename`. Null for anything but form data with a name.
 */
export function parsePartDisposition(header: string): PartDisposition | null {
  const [type = '', rest = ''] = splitOnce(header, ';')
  if (type.trim().toLowerCase() !== 'form-data') return null
  const parameters = parseParameters(rest)
  const find = (name: string) => parameters.find((parameter) => parameter.name === name)
  const name = find('name')
  if (name === undefined) return null
  const plain = find('filename')
  const extended = decodeExtended(find('filename*')?.value ?? '')
  const filename = extended ?? (plain === undefined ? null : decodePlain(plain))
  return { name: decodePlain(name), filename: filename === null ? null : lastSegment(filename) }
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)]
}

/**
 * One parameter and the semicolon behind it: a quoted value, which may lack its end, or one up to the semicolon. What is
 * neither is skipped. It matches from where the one before ended, so that the time stays linear in the header's length.
 */
const PARAMETER = /\s*(?:([^\s;="]+)\s*=\s*(?:"((?:\\["\\]|[^"])*)"?[^;]*|([^;]*))|[^;]*)(?:;|$)/gsy

function parseParameters(text: string): Parameter[] {
  return [...text.matchAll(PARAMETER)].map(([, name = '', quoted, token = '']) => ({
    name: name.toLowerCase(),
    // Only these two are escaped: the backslashes of a Windows path stand for themselves.
    value: quoted === undefined ? token.trim() : quoted.replace(/\\(["\\])/g, '$1'),
    isQuoted: quoted !== undefined,
  }))
}

/** Browsers write a quotation mark in a quoted value as `%22`, and escape nothing else that names may hold. */
function decodePlain({ value, isQuoted }: Parameter): string {
  const text = decodeBytes(Buffer.from(value, 'latin1'))
  return isQuoted ? text.replaceAll('%22', '"') : text
}

/** UTF-8 where the bytes are that, else Windows-1252, which has a character for each byte. */
function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The value of `filename*`, such as `UTF-8''na%C3%AFve.txt`; null where it cannot be read. */
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

/** What follows the last slash or backslash: clients send the path of a file in a chosen folder. */
function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
