import { CHECKSUM_FACTS, type S3Checksum } from '../checksum-algorithms.ts'
import type { XmlNode } from './render-xml.ts'

/** Returns the element of a checksum, such as `ChecksumCRC32`; null for none. */
export function checksumNode(checksum: S3Checksum | null): XmlNode | null {
  return checksum === null ? null : [CHECKSUM_FACTS[checksum.algorithm].element, checksum.value]
}
