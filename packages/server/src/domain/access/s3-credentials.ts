import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { toBase62 } from './base62.ts'

/** Pair with which a client signs requests of S3. */
export interface S3Credentials {
  readonly accessKeyId: string
  /** 43 characters with 256 bits. The service stores no form of it. */
  readonly secretAccessKey: string
}

/** Returns the secret of an access key id. */
export type S3Secrets = (accessKeyId: string) => string

export const S3_KEY_BYTES = 32

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const ID_PREFIX = 'WB'
const ID_CHARACTERS = 18
const PURPOSE = 'waybill-s3-v1:'

/** Returns a new access key id: `WB` and 18 random characters, as long as those of AWS. */
export function createAccessKeyId(): string {
  const characters = Array.from(randomBytes(ID_CHARACTERS), (byte) => BASE32.charAt(byte % BASE32.length))
  return ID_PREFIX + characters.join('')
}

/** Derives secrets from the key of the installation, which is not in the database. */
export function createS3Secrets(key: Buffer): S3Secrets {
  const secretKey = createSecretKey(key)
  return (accessKeyId) =>
    toBase62(createHmac('sha256', secretKey).update(PURPOSE).update(accessKeyId).digest())
}
