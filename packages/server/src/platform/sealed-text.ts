import { seal, unseal } from './sealing.ts'

/** Prefix of every sealed text. A plain secret is base64url, which has no colon. */
const PREFIX = 'sealed:1:'

export function isSealed(text: string): boolean {
  return text.startsWith(PREFIX)
}

/** Encrypts a text with AES-256-GCM. Authenticates `name` with it, so that it cannot replace the text of another name. */
export function sealText(key: Buffer, name: string, text: string): string {
  return PREFIX + seal(key, name, text)
}

/** Returns the decrypted text; null when it was sealed with another key or name, or not sealed. */
export function openSealedText(key: Buffer, name: string, sealed: string): string | null {
  return isSealed(sealed) ? unseal(key, name, sealed.slice(PREFIX.length)) : null
}
