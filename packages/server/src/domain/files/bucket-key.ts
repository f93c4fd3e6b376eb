import { fileNameProblem } from './file-name.ts'
import { folderProblem } from './folder.ts'

const MAX_KEY_BYTES = 1024
const MAX_NAME_CHARACTERS = 255
/** Control characters and noncharacters: XML cannot hold most of them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const CONTROL = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/
/** Characters that a file name must not have; see `fileNameProblem`. */
const NOT_IN_NAMES = /[\\\u2028-\u202e\u2066-\u2069]/g
/** Keys that the service gives to Files whose key is taken: an id, as `newId` makes it, and the key. */
const OWN_PREFIX = /^file_[0-9a-f]{32}\//

/** Name and folder of a File with a key. */
export interface KeyPlace {
  readonly filename: string
  /** '' for the root, and for a key whose folders no File can have, such as `a//b`. */
  readonly path: string
}

/** `too-long`: more than 1,024 bytes in UTF-8. */
export type KeyProblem = { readonly kind: 'too-long' } | { readonly kind: 'invalid'; readonly rule: string }

/** Returns the reason why a client cannot store a File under this key; null when it can. */
export function keyProblem(key: string): KeyProblem | null {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return { kind: 'too-long' }
  const rule = ruleOf(key)
  return rule === null ? null : { kind: 'invalid', rule }
}

function ruleOf(key: string): string | null {
  if (key === '') return 'must not be empty'
  if (!key.isWellFormed()) return 'must be well-formed Unicode'
  if (CONTROL.test(key)) return 'must not contain control characters or noncharacters'
  // Proxies and clients fold such segments, so that the key would name another File.
  if (key.split('/').some((segment) => segment === '.' || segment === '..')) {
    return 'must not have a segment . or ..'
  }
  return OWN_PREFIX.test(key) ? 'must not begin with the id of a File' : null
}

/** Returns the name and the folder of a new File with this key: `a/b` and `c` of `a/b/c`. */
export function placeOfKey(key: string): KeyPlace {
  const segments = key.split('/')
  const name = segments.findLast((segment) => segment !== '') ?? '_'
  const filename = [...name.replace(NOT_IN_NAMES, '_')].slice(0, MAX_NAME_CHARACTERS).join('')
  const path = segments.slice(0, -1).join('/')
  const isFolder = key === `${path}/${filename}` && folderProblem(path, filename) === null
  if (fileNameProblem(filename) !== null) return { filename: '_', path: '' }
  return { filename, path: isFolder ? path : '' }
}
