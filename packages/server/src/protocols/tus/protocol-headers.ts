import { DIGEST_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import type { Limits } from '../../operations/context.ts'

export const TUS_VERSION = '1.0.0'

const EXTENSIONS = [
  'creation',
  'creation-with-upload',
  'creation-defer-length',
  'expiration',
  'checksum',
  'checksum-trailer',
  'termination',
  'concatenation',
]

/** Returns the headers with which the protocol describes itself in the response to OPTIONS (tus 1.0, "OPTIONS"). */
export function describeTus({ maxFileBytes }: Limits): Readonly<Record<string, string>> {
  return {
    'tus-resumable': TUS_VERSION,
    'tus-version': TUS_VERSION,
    'tus-extension': EXTENSIONS.join(','),
    'tus-max-size': String(maxFileBytes),
    'tus-checksum-algorithm': DIGEST_ALGORITHMS.join(','),
  }
}
