import { unquoteEtag } from '../etag.ts'
import { isProblem, type S3Problem } from '../problem.ts'
import { childText, malformedXml, parseXml } from './parse-xml.ts'

/** Objects that DeleteObjects names. */
export interface Deletion {
  readonly objects: readonly NamedObject[]
  /** True: the answer has only the errors. */
  readonly isQuiet: boolean
}

export interface NamedObject {
  readonly key: string
  /** Version of the object; null for none, and for `null`, the version of objects in a bucket without versions. */
  readonly versionId: string | null
  /** Entity tag that the object must have, without quotes; null for none. */
  readonly etag: string | null
}

/** Largest number of objects of one request, as in S3. */
const MAX_OBJECTS = 1000

/** Reads the objects of DeleteObjects, at least one. A problem is `MalformedXML`. */
export function readDeletion(body: Uint8Array): Deletion | S3Problem {
  const root = parseXml(body, 'Delete')
  if (isProblem(root)) return root
  const elements = root.children.get('Object') ?? []
  if (elements.length === 0) return malformedXml('It names no objects.')
  if (elements.length > MAX_OBJECTS) return malformedXml(`It names more than ${MAX_OBJECTS} objects.`)
  const objects: NamedObject[] = []
  for (const element of elements) {
    const key = childText(element, 'Key') ?? ''
    if (key === '') return malformedXml('An object needs a Key.')
    const versionId = childText(element, 'VersionId')?.trim() ?? ''
    const etag = childText(element, 'ETag')
    objects.push({
      key,
      versionId: versionId === '' || versionId === 'null' ? null : versionId,
      etag: etag === null ? null : unquoteEtag(etag),
    })
  }
  return { objects, isQuiet: childText(root, 'Quiet')?.trim().toLowerCase() === 'true' }
}
