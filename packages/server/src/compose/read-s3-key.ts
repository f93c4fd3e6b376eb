import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { S3KeyChoice } from '../config.ts'
import { S3_KEY_BYTES } from '../domain/access/s3-credentials.ts'
import { ConfigError } from '../settings.ts'

/**
 * Returns the key from which the secrets of S3 credentials are derived. Creates its file, which only this user can read,
 * when there is none. Throws ConfigError when the key or the file cannot be used; the message has no part of the key.
 */
export function readS3Key(choice: S3KeyChoice): Buffer {
  if (choice.kind === 'key') return parseKey('S3_CREDENTIALS_KEY', choice.base64)
  try {
    mkdirSync(dirname(choice.path), { recursive: true })
    // Exclusive: of several processes that start at once, one creates the file.
    writeFileSync(choice.path, `${randomBytes(S3_KEY_BYTES).toString('base64')}\n`, {
      flag: 'wx',
      mode: 0o600,
      flush: true,
    })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(choice.path, cause)
  }
  return parseKey(`the file ${choice.path}`, readFile(choice.path))
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw unusable(path, cause)
  }
}

function unusable(path: string, cause: unknown): ConfigError {
  const reason = cause instanceof Error && 'code' in cause ? cause.code : cause
  return new ConfigError(`the key of S3 credentials in ${path} cannot be used: ${reason}`, { cause })
}

function parseKey(name: string, base64: string): Buffer {
  const key = Buffer.from(base64, 'base64')
  if (/^[A-Za-z0-9+/]+=?$/.test(base64) && key.length === S3_KEY_BYTES) return key
  throw new ConfigError(
    `${name} must be ${S3_KEY_BYTES} random bytes in base64, as "openssl rand -base64 ${S3_KEY_BYTES}" prints them.`,
  )
}
