import type { Readable } from 'node:stream'
import { MIMEType } from 'node:util'
import { ServiceError } from '../../domain/errors.ts'
import { parseFileExpiry } from '../../domain/files/file-expiry.ts'

/** Limit of the value of a short field. */
const MAX_FIELD_BYTES = 64

/** Returns the boundary of a multipart body, in quotation marks or not. Throws INVALID_REQUEST. */
export function boundaryOf(contentType: string): string {
  const boundary = parseBoundary(contentType)
  if (boundary !== null) return boundary
  throw new ServiceError('INVALID_REQUEST', 'the Content-Type of a multipart body must name its boundary')
}

function parseBoundary(contentType: string): string | null {
  try {
    return new MIMEType(contentType).params.get('boundary') || null
  } catch {
    return null
  }
}

/** Returns the text of a field without white space at its ends; null when it is too long. */
export async function readField(body: Readable): Promise<string | null> {
  return (await readText(body, MAX_FIELD_BYTES))?.trim() ?? null
}

/** Returns the text of a field; null when it has more than `maxBytes`. Reads it to its end. */
export async function readText(body: Readable, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = []
  let keptBytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (keptBytes <= maxBytes) chunks.push(chunk)
    keptBytes += chunk.length
  }
  return keptBytes > maxBytes ? null : Buffer.concat(chunks).toString()
}

/** Reads a part to its end. Throws FILE_TOO_LARGE beyond `maxBytes`. */
export async function skipPart(body: Readable, maxBytes: number): Promise<void> {
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > maxBytes)
      throw new ServiceError('FILE_TOO_LARGE', `a part may have at most ${maxBytes} bytes`)
  }
}

/** Fields with the lifetime of a file: `expires_after[anchor]` and `expires_after[seconds]`, or both as JSON. */
export interface ExpiryFields {
  /** Returns true when a field of this name belongs here. */
  has(name: string): boolean
  take(name: string, value: string | null): void
  /** Returns the lifetime; null without these fields. Throws VALIDATION_ERROR. */
  lifetimeMs(): number | null
}

export function createExpiryFields(): ExpiryFields {
  const values = new Map<string, string | null>()
  return {
    has: (name) => /^expires_after(\[(anchor|seconds)\])?$/.test(name),
    take: (name, value) => void values.set(name, value),
    lifetimeMs: () => {
      if (values.size === 0) return null
      const json = values.get('expires_after')
      const seconds = values.get('expires_after[seconds]') ?? ''
      const fields = {
        anchor: values.get('expires_after[anchor]'),
        seconds: /^-?\d{1,15}$/.test(seconds) ? Number(seconds) : seconds || null,
      }
      return parseFileExpiry(json === undefined ? fields : parseJson(json ?? ''), 'expires_after') * 1000
    },
  }
}

/** Returns the text itself when it is not JSON: the parser of the value refuses it. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
