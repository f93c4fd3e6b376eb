import type { UpdateFileBody, WaybillFile } from '@waybill/sdk'

type Shown = Pick<WaybillFile, 'original_filename' | 'path' | 'metadata'>

/** Returns the folder of a form, as the service stores it. */
export const folderOf = (fields: FormData): string => String(fields.get('path')).replace(/^\/+|\/+$/g, '')

/**
 * Returns the fields of a form that differ from the file with which it was opened; null when none does. What was not
 * edited is left out, because others may have changed it since.
 */
export function editedFields(fields: FormData, file: Shown): UpdateFileBody | null {
  const path = folderOf(fields)
  const filename = String(fields.get('filename'))
  const metadata = metadataOf(fields)
  const body = {
    ...(path !== (file.path ?? '') && { path }),
    ...(filename !== file.original_filename && { filename }),
    ...(!isSame(metadata, file.metadata) && { metadata }),
  }
  return Object.keys(body).length === 0 ? null : body
}

/** Returns the pairs of the form. */
function metadataOf(fields: FormData): Record<string, string> {
  const values = fields.getAll('value').map(String)
  return Object.fromEntries(fields.getAll('key').map((key, index) => [String(key), values[index] ?? '']))
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}
