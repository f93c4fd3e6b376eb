export interface ContentDisposition {
  readonly type: string
  readonly filename: string | undefined
  /** Decoded `filename*`. */
  readonly extendedFilename: string | undefined
}

// RFC 6266: a token, or a quoted string in which a backslash quotes the next character.
const PARAMETER = /;\s*([\w!#$&+.^`|~-]+\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*/gy
const EXTENDED_VALUE = /^utf-8'[\w-]*'((?:[A-Za-z0-9!#$&+.^_`|~-]|%[0-9A-Fa-f]{2})+)$/i

/** Parses the header strictly. Throws when a browser would have to guess. */
export function parseContentDisposition(header: string): ContentDisposition {
  if (/[^\x20-\x7e]/.test(header)) throw new Error(`the header is not printable ASCII: ${header}`)
  const [type = ''] = header.split(';', 1)
  const parameters = new Map<string, string>()
  PARAMETER.lastIndex = type.length
  let end = type.length
  for (let match = PARAMETER.exec(header); match; match = PARAMETER.exec(header)) {
    const name = String(match[1]).toLowerCase()
    if (parameters.has(name)) throw new Error(`${name} stands twice in ${header}`)
    parameters.set(name, match[2]?.replace(/\\(.)/g, '$1') ?? String(match[3]))
    end = PARAMETER.lastIndex
  }
  if (end !== header.length) throw new Error(`not understood: ${header.slice(end)}`)
  const extended = parameters.get('filename*')
  return {
    type: type.trim(),
    filename: parameters.get('filename'),
    extendedFilename: extended === undefined ? undefined : decodeExtended(extended),
  }
}

function decodeExtended(value: string): string {
  const encoded = EXTENDED_VALUE.exec(value)?.[1]
  if (encoded === undefined) throw new Error(`no RFC 8187 value: ${value}`)
  return decodeURIComponent(encoded)
}
