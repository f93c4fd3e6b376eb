import { invalidValue } from '../invalid-value.ts'
import { readText } from '../read-values.ts'

/**
 * Returns the URL of an image of at most `maxLength` characters. Every other scheme than http, https and data is refused,
 * because the model server opens the URL, and could read its own files. Throws VALIDATION_ERROR.
 */
export function readImageUrl(value: unknown, path: string, maxLength: number): string {
  const url = readText(value, path, maxLength, 1)
  if (/^(?:https?:\/\/|data:image\/)/i.test(url)) return url
  throw invalidValue(path, 'invalid', 'must be an http(s) URL or a data URL of an image')
}
