import { v7 as uuidV7 } from 'uuid'

export type IdPrefix =
  | 'org'
  | 'file'
  | 'ak'
  | 'vs'
  | 'vsf'
  | 'vsfb'
  | 'task'
  | 'part'
  | 'lnk'
  | 'whk'
  | 'whd'
  | 'usr'
  | 'mem'
  | ItemPrefix

/** Prefixes of conversations, responses and their items. */
type ItemPrefix = 'conv' | 'resp' | 'msg' | 'fs' | 'fc' | 'fco' | 'rs' | 'chatcmpl'

const ID = /^[a-z]+_[A-Za-z0-9]{1,64}$/

/** Object names contain the organization's id, and must stay within 1,024 bytes with the longest file name. */
export const MAX_ID_LENGTH = 79

/** Returns a new id such as `file_0198f3…`: a UUIDv7 (RFC 9562 section 5.7) in hex. Ids sort by their creation time. */
export function createId(prefix: IdPrefix): string {
  return `${prefix}_${uuidV7().replaceAll('-', '')}`
}

/** Returns true when `text` has the form of an id, whether this service or an operator chose it. */
export function isId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID.test(text)
}

/** Returns true for the id of a user. */
export function isUserId(id: string): boolean {
  return id.startsWith('usr_')
}

/** Returns the id of a File in the service's own spelling: `file_X` for OpenAI's `file-X`. */
export function fileIdOf(text: string): string {
  return text.startsWith('file-') ? `file_${text.slice('file-'.length)}` : text
}

/** Returns a new name for a version of a document: 32 hex digits that sort by time. */
export function createRevision(): string {
  return uuidV7().replaceAll('-', '')
}
