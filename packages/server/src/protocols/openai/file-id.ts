/**
 * Returns the id of a File as clients of OpenAI's API need it, `file-X` for `file_X`: some of them take any other text for
 * the content of a file.
 */
export function openaiFileId(id: string): string {
  return id.startsWith('file_') ? `file-${id.slice('file_'.length)}` : id
}
