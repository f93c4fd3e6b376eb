import { folderProblem } from '../../domain/files/folder.ts'
import { invalidValue } from '../../domain/invalid-value.ts'

/** Throws VALIDATION_ERROR when a file of this name cannot be in the folder `path`. */
export function checkFolder(path: string, filename: string): void {
  const problem = folderProblem(path, filename)
  if (problem !== null) throw invalidValue('path', 'invalid', problem, path)
}
