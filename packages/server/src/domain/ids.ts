import { v7 as uuidV7 } from 'uuid'

export type IdPrefix = 'org' | 'file' | 'ak'

const ID = /^[a-z]+_[A-Za-z0-9]{1,64}$/

/** Object names hold the organization's id; with the longest file name they must stay within 1,024 bytes. */
export const MAX_ID_LENGTH = 79

/** A new id such as `file_0198f3…`: a UUIDv7 (RFC 9562 section 5.7) in hex, so ids sort by time of creation. */
export function createId(prefix: IdPrefix): string {
  return `${prefix}_${uuidV7().replaceAll('-', '')}`
}

/** Whether `text` can be an id, ours or one that an operator chose. */
export function isId(text: string): boolean {
  return text.length <= MAX_ID_LENGTH && ID.test(text)
}
