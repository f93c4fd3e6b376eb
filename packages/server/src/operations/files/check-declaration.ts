import { ServiceError } from '../../domain/errors.ts'
import { parseMediaType } from '../../domain/files/content-type/media-type.ts'
import { fileNameProblem } from '../../domain/files/file-name.ts'
import { checkFolder } from './check-folder.ts'

/** Properties of a file that the caller declares. */
export interface Declaration {
  readonly filename: string
  /** Folder; absent for the root. */
  readonly path?: string
  readonly sizeBytes: number
  readonly contentType: string
}

/**
 * Returns the declaration with its type in the stored form.
 * Throws VALIDATION_ERROR when the name, folder or type is invalid.
 */
export function checkDeclaration<Declared extends Pick<Declaration, 'filename' | 'contentType' | 'path'>>(
  declared: Declared,
): Declared {
  const { filename, contentType } = declared
  const problem = fileNameProblem(filename)
  if (problem !== null) {
    throw new ServiceError('VALIDATION_ERROR', `filename ${problem}`, { field: 'filename', value: filename })
  }
  checkFolder(declared.path ?? '', filename)
  const mediaType = parseMediaType(contentType)
  if (mediaType === null) {
    const details = { field: 'mime_type', value: contentType }
    const rule = 'mime_type must look like image/png or text/plain; charset=utf-8'
    throw new ServiceError('VALIDATION_ERROR', rule, details)
  }
  return { ...declared, contentType: mediaType.text }
}
