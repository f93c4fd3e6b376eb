import type { IncomingHttpHeaders } from 'node:http'
import { parseIntegerField } from './fields.ts'

/**
 * Versions of the draft's wire format. Version 8 is draft -11; 6 is sent by tus-js-client and by Apple's URLSession since
 * iOS 18.1; 5 is draft -03, whose appends have no Content-Type.
 */
export const CURRENT_VERSION = 8
export const VERSION_WITHOUT_CONTENT_TYPE = 5

/** Returns the value of `Upload-Draft-Interop-Version`; null when the client sends none. */
export function interopVersionOf(headers: IncomingHttpHeaders): number | null {
  return parseIntegerField(headers['upload-draft-interop-version'] as string | undefined)
}
