import { readFileSync } from 'node:fs'
import type { SecretsKeyChoice } from '../config.ts'
import { SEALING_KEY_BYTES } from '../platform/sealing.ts'
import { ConfigError } from '../settings.ts'

/**
 * Returns the key that seals the secrets in the database; null when none is configured.
 * Throws ConfigError when its file cannot be read or contains no key; the message has no part of the content.
 */
export function readSecretsKey(choice: SecretsKeyChoice | null): Buffer | null {
  if (choice === null) return null
  if (choice.kind === 'key') return parseSecretsKey('SECRETS_KEY', choice.base64)
  return parseSecretsKey(`the file of SECRETS_KEY_FILE (${choice.path})`, readFile(choice.path))
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? cause.code : cause
    throw new ConfigError(`the file of SECRETS_KEY_FILE (${path}) cannot be read: ${reason}`, { cause })
  }
}

function parseSecretsKey(name: string, base64: string): Buffer {
  const key = Buffer.from(base64, 'base64')
  if (/^[A-Za-z0-9+/_-]+=?$/.test(base64) && key.length === SEALING_KEY_BYTES) return key
  throw new ConfigError(
    `${name} must be ${SEALING_KEY_BYTES} random bytes in base64, as "openssl rand -base64 ${SEALING_KEY_BYTES}" prints them.`,
  )
}
