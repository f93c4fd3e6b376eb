import { detectContentType } from '../../domain/files/content-type/detect-content-type.ts'
import { detectedType, judgeContent } from '../../domain/files/content-type/judge-content.ts'
import type { File } from '../../domain/files/file.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { checkAllowed } from './check-allowed.ts'
import { checkContent } from './check-content.ts'
import { inspectContent } from './inspect-content.ts'

interface DeclaredType {
  /** Declared type; null for none. */
  readonly declared: string | null
  readonly typesAreHints: boolean
  /** Type of bytes that contradict their declared type where types are hints; absent for the detected one. */
  readonly contradicted?: string
  /** All bytes of the object; absent, or null, when they are not in memory. */
  readonly content?: Buffer | null
}

/**
 * Returns the declared type, or the detected one when none was declared. When the bytes contradict the declared type, it
 * throws, or returns another one when types are hints. Throws FILE_TYPE_MISMATCH, UNSUPPORTED_FILE_TYPE.
 */
export async function settleType(
  context: Pick<Context, 'storage' | 'contents' | 'limits'>,
  object: ObjectMetadata,
  { filename }: Pick<File, 'filename'>,
  { declared, typesAreHints, contradicted, content = null }: DeclaredType,
): Promise<Pick<File, 'contentType' | 'detectedContentType'>> {
  if (declared === null || typesAreHints) {
    const evidence = await inspectContent(context, object, content)
    const isUsable = declared !== null && judgeContent(declared, evidence) !== 'contradicted'
    const detectedOr = declared === null ? undefined : contradicted
    const contentType = isUsable ? declared : (detectedOr ?? detectContentType(filename, evidence))
    checkAllowed(context.limits, contentType)
    const detectedContentType = isUsable ? detectedType(declared, evidence) : evidence.detected
    return { contentType, detectedContentType }
  }
  return {
    contentType: declared,
    detectedContentType: await checkContent(context, object, declared, content),
  }
}
