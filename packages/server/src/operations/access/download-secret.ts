import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/database.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { isSealed, openSealedText } from '../../platform/sealed-text.ts'
import { createSecretBox } from '../../platform/secret-box.ts'
import { defineOperation } from '../define-operation.ts'

/** Cached secret that signs download links. */
export interface DownloadSecret {
  /** Returns the secret, at most `maxAgeMs` old; the default is two seconds. */
  read(maxAgeMs?: number): Promise<string>
}

const NAME = 'download'
const SECRET_BYTES = 32
/** Maximum time until a rotation in another process takes effect. */
const MAX_AGE_MS = 2000

const createSecret = () => randomBytes(SECRET_BYTES).toString('base64url')

/**
 * Opens the download secret of the installation, and creates it when there is none. If there is a key, the secret is
 * stored sealed, and an unsealed secret is sealed now. Throws a message for the operator when the secret is sealed and
 * the key is missing or wrong.
 */
export async function openDownloadSecret(
  { installation }: Pick<Database, 'installation'>,
  key: Buffer | null,
): Promise<DownloadSecret> {
  const seal = (secret: string) => createSecretBox(key).seal(NAME, secret)
  const readNow = async (): Promise<string> => {
    const stored = await installation.secret(NAME, seal(createSecret()))
    if (isSealed(stored)) return open(key, stored)
    // Another process may have sealed or replaced the secret; then read it again.
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
 * Replaces the secret, which invalidates all download links. The old secret need not be readable, so this also
 * recovers from a lost key. Throws a message for the operator when the old secret is sealed and there is no key to
 * seal the new one.
 */
export const rotateDownloadSecret = defineOperation(
  { action: 'rotateDownloadSecret', kind: 'change', scope: 'operator' },
  async (
    { database }: { readonly database: Pick<Database, 'installation'> },
    _operator: Caller<null>,
    key: Buffer | null,
  ): Promise<void> => {
    const { installation } = database
    const secret = createSecret()
    const value = createSecretBox(key).seal(NAME, secret)
    const stored = await installation.secret(NAME, value)
    if (key === null && isSealed(stored)) {
      throw new Error(
        'the download secret is sealed: set its key, or a new one, with SECRETS_KEY or SECRETS_KEY_FILE',
      )
    }
    await installation.replaceSecret(NAME, null, value)
  },
)

function open(key: Buffer | null, stored: string): string {
  if (key === null) {
    throw new Error(
      'the download secret is sealed: set SECRETS_KEY or SECRETS_KEY_FILE to the key that it was sealed with',
    )
  }
  const secret = openSealedText(key, NAME, stored)
  if (secret !== null) return secret
  throw new Error(
    'the download secret was sealed with a different key than the one in SECRETS_KEY or SECRETS_KEY_FILE; if that key is lost, run "waybill secrets rotate download" to create a new secret',
  )
}
