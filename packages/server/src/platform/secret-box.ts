import { isSealed, openSealedText, sealText } from './sealed-text.ts'

/** Keeps secrets that the service must read again. They are sealed when the operator has set SECRETS_KEY. */
export interface SecretBox {
  /** Returns the text to store. `name` is authenticated, so that it cannot replace the secret of another record. */
  seal(name: string, secret: string): string
  /** Returns the secret of a stored text; null when it was sealed with another key, or the key is missing. */
  open(name: string, stored: string): string | null
}

export function createSecretBox(key: Buffer | null): SecretBox {
  return {
    seal: (name, secret) => (key === null ? secret : sealText(key, name, secret)),
    open: (name, stored) => {
      if (!isSealed(stored)) return stored
      return key === null ? null : openSealedText(key, name, stored)
    },
  }
}
