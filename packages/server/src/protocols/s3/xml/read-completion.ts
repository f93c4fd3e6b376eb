import { isBase64Of } from '../../../domain/uploads/checksums.ts'
import { CHECKSUM_FACTS, S3_CHECKSUMS, type S3Checksum } from '../checksum-algorithms.ts'
import { unquoteEtag } from '../etag.ts'
import { isProblem, problem, type S3Problem } from '../problem.ts'
import { childText, malformedXml, parseXml, type XmlElement } from './parse-xml.ts'

/** Part that the client names in CompleteMultipartUpload. */
export interface NamedPart {
  /** 1 to 10,000. */
  readonly number: number
  /** Without quotes. */
  readonly etag: string
  readonly checksum: S3Checksum | null
}

export const MAX_PART_NUMBER = 10_000

/**
 * Reads the parts of CompleteMultipartUpload in ascending order, at least one. Problems are `MalformedXML`,
 * `InvalidPart` for a number that no part can have, and `InvalidPartOrder`.
 */
export function readCompletion(body: Uint8Array): readonly NamedPart[] | S3Problem {
  const root = parseXml(body, 'CompleteMultipartUpload')
  if (isProblem(root)) return root
  const elements = root.children.get('Part') ?? []
  if (elements.length === 0) return malformedXml('It names no parts.')
  if (elements.length > MAX_PART_NUMBER) return malformedXml(`It names more than ${MAX_PART_NUMBER} parts.`)
  const parts: NamedPart[] = []
  for (const element of elements) {
    const part = readPart(element)
    if (isProblem(part)) return part
    if (part.number <= (parts.at(-1)?.number ?? 0)) {
      return problem('InvalidPartOrder', 'The list of parts was not in ascending order.')
    }
    parts.push(part)
  }
  return parts
}

function readPart(element: XmlElement): NamedPart | S3Problem {
  const number = childText(element, 'PartNumber')?.trim() ?? ''
  const etag = childText(element, 'ETag')
  if (!/^\d{1,9}$/.test(number) || etag === null) return malformedXml('A part needs PartNumber and ETag.')
  if (Number(number) < 1 || Number(number) > MAX_PART_NUMBER) {
    return problem('InvalidPart', `Part numbers are 1 to ${MAX_PART_NUMBER}.`, {
      PartNumber: String(Number(number)),
    })
  }
  const checksums = S3_CHECKSUMS.flatMap((algorithm) => {
    const value = childText(element, CHECKSUM_FACTS[algorithm].element)?.trim() ?? ''
    return value === '' ? [] : [{ algorithm, value }]
  })
  const [checksum = null] = checksums
  if (checksum !== null && !isBase64Of(CHECKSUM_FACTS[checksum.algorithm].bytes, checksum.value)) {
    return malformedXml(`A ${CHECKSUM_FACTS[checksum.algorithm].element} is not valid.`)
  }
  if (checksums.length > 1) return malformedXml('A part has more than one checksum.')
  return { number: Number(number), etag: unquoteEtag(etag), checksum }
}
