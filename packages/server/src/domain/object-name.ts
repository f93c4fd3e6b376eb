/** The name of a file's object in storage; on the wire it is `gcs_path` and `storage_path`. */
export function objectName(organizationId: string, fileId: string, filename: string): string {
  return `files/${organizationId}/${fileId}/${filename}`
}
