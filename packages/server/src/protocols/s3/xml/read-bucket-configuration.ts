import { isProblem, problem, type S3Problem } from '../problem.ts'
import { childText, parseXml } from './parse-xml.ts'

/** Settings of CreateBucket. */
export interface BucketConfiguration {
  /** Region that the client wishes; null for none. It has no effect. */
  readonly location: string | null
}

/** Elements that change nothing here. Directory buckets (`Location`, `Bucket`) and tags do not exist. */
const SUPPORTED: ReadonlySet<string> = new Set(['LocationConstraint'])

/** Reads the body of CreateBucket, which may be empty. Problems are `MalformedXML` and `NotImplemented`. */
export function readBucketConfiguration(body: Uint8Array): BucketConfiguration | S3Problem {
  if (body.byteLength === 0) return { location: null }
  const root = parseXml(body, 'CreateBucketConfiguration')
  if (isProblem(root)) return root
  const unsupported = [...root.children.keys()].find((name) => !SUPPORTED.has(name))
  if (unsupported !== undefined) {
    return problem('NotImplemented', `The bucket setting ${unsupported} is not supported.`)
  }
  return { location: childText(root, 'LocationConstraint')?.trim() || null }
}
