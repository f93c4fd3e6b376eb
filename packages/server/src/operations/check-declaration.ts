import { canonicalContentType } from '../domain/content-type.ts'
import { ServiceError } from '../domain/errors.ts'
import { fileNameProblem } from '../domain/file-name.ts'

/** What a caller declares of a file. */
export interface Declaration {
  readonly filename: string
  readonly sizeBytes: number
  readonly contentType: string
}

/** Throws VALIDATION_ERROR when no file can have this name or type. */
export function checkDeclaration({
  filename,
  contentType,
}: Pick<Declaration, 'filename' | 'contentType'>): void {
  const problem = fileNameProblem(filename)
  if (problem !== null) {
    throw new ServiceError('VALIDATION_ERROR', `filename ${problem}`, { field: 'filename', value: filename })
  }
  if (canonicalContentType(contentType) === null) {
    const details = { field: 'mime_type', value: contentType }
    throw new ServiceError('VALIDATION_ERROR', 'mime_type must look like image/png', details)
  }
}
