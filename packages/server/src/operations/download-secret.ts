import { randomBytes } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { isSealed, openSealedText, sealText } from '../domain/sealed-text.ts'

/** The secret that signs download links, as it stands in the database. */
export interface DownloadSecret {
  /** Returns the secret, at most `maxAgeMs` old; without it, at most two seconds. */
  read(maxAgeMs?: number): Promise<string>
}

const NAME = 'download'
const SECRET_BYTES = 32
/** A rotation in another process is honoured after this time at the latest. */
const MAX_AGE_MS = 2000

const createSecret = () => randomBytes(SECRET_BYTES).toString('base64url')

/**
 * Opens the download secret of the installation and makes it where there is none. With a key it is stored sealed, and a
 * plain one is sealed now. Throws a sentence for the operator where it is sealed and the key is missing or another one.
 */
export async function openDownloadSecret(
  { installation }: Pick<Database, 'installation'>,
  key: Buffer | null,
): Promise<DownloadSecret> {
  const seal = (secret: string) => (key === null ? secret : sealText(key, NAME, secret))
  const readNow = async (): Promise<string> => {
    const stored = await installation.secret(NAME, seal(createSecret()))
    if (isSealed(stored)) return open(key, stored)
    // Another process may have sealed or replaced it meanwhile; then that one is read.
    if (key === null || (await installation.replaceSecret(NAME, stored, seal(stored)))) return stored
    return readNow()
  }
  let known = { secret: await readNow(), atMs: performance.now() }
  return {
    read: async (maxAgeMs = MAX_AGE_MS) => {
      if (performance.now() - known.atMs > maxAgeMs) {
        const atMs = performance.now()
        known = { secret: await readNow(), atMs }
      }
      return known.secret
    },
  }
}

/**
 * Puts a new secret in the place of the old one, which ends every download link that was handed out. The old one need
 * not be readable, so this is also the way out where its key is lost. Throws a sentence for the operator where it is
 * sealed and there is no key to seal the new one.
 */
export async function rotateDownloadSecret(
  { installation }: Pick<Database, 'installation'>,
  key: Buffer | null,
): Promise<void> {
  const secret = createSecret()
  const value = key === null ? secret : sealText(key, NAME, secret)
  const stored = await installation.secret(NAME, value)
  if (key === null && isSealed(stored)) {
    throw new Error(
      'the download secret is sealed: give the key, or a new one, with SECRETS_KEY or SECRETS_KEY_FILE',
    )
  }
  await installation.replaceSecret(NAME, null, value)
}

function open(key: Buffer | null, stored: string): string {
  if (key === null) {
    throw new Error(
      'the download secret is sealed: set SECRETS_KEY or SECRETS_KEY_FILE to the key that it was sealed with',
    )
  }
  const secret = openSealedText(key, NAME, stored)
  if (secret !== null) return secret
  throw new Error(
    'the download secret was sealed with another key than that of SECRETS_KEY or SECRETS_KEY_FILE; where the right one is lost, "waybill secrets rotate download" makes a new secret',
  )
}
