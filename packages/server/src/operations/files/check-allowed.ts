import { ServiceError } from '../../domain/errors.ts'
import { isAllowedContentType } from '../../domain/files/content-type/aliases.ts'
import type { Limits } from '../context.ts'

/** Throws UNSUPPORTED_FILE_TYPE when the operator has not allowed files of this type. */
export function checkAllowed({ allowedContentTypes }: Limits, contentType: string): void {
  if (isAllowedContentType(contentType, allowedContentTypes)) return
  const details = { declared: contentType, allowed: allowedContentTypes }
  throw new ServiceError('UNSUPPORTED_FILE_TYPE', `files of type ${contentType} are not accepted`, details)
}
