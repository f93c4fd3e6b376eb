import { invalidValue } from '../../domain/invalid-value.ts'
import { readText } from '../../domain/read-values.ts'
import { DIGEST_BYTES, isBase64Of } from '../../domain/uploads/checksums.ts'

const NAMES = { md5: 'an MD5', sha256: 'a SHA-256' } as const

/** Returns a digest in base64; accepts hexadecimal digits too. Throws VALIDATION_ERROR. */
export function readDigest(value: unknown, path: string, algorithm: keyof typeof NAMES): string {
  const bytes = DIGEST_BYTES[algorithm]
  const text = readText(value, path, 2 * bytes)
  if (text.length === 2 * bytes && /^[0-9a-f]+$/i.test(text))
    return Buffer.from(text, 'hex').toString('base64')
  if (isBase64Of(bytes, text)) return text
  const rule = `must be ${NAMES[algorithm]} as ${2 * bytes} hexadecimal digits or in base64`
  throw invalidValue(path, 'invalid', rule, value)
}
