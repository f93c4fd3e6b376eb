import { SEALING_KEY_BYTES, seal, unseal } from '../../platform/sealing.ts'

export const SESSION_KEY_BYTES = SEALING_KEY_BYTES

/** Sealed under an empty name, because handles of earlier versions have none. */
const NO_NAME = ''

/** Seals a session URI (AES-256-GCM), so that access to the records alone does not allow sending to it. */
export function sealSessionUri(key: Buffer, sessionUri: string): string {
  return seal(key, NO_NAME, sessionUri)
}

/** Returns the session URI; null when the handle was not sealed with this key. */
export function openSessionUri(key: Buffer, handle: string): string | null {
  return unseal(key, NO_NAME, handle)
}
