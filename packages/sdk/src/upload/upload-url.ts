/** Returns the text of an upload URL. Throws a `TypeError`, whose message omits the URL, because it is a credential. */
export function parseUploadUrl(uploadUrl: string): string {
  const url = URL.canParse(uploadUrl) ? new URL(uploadUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('uploadUrl must be the upload_url of an upload session.')
  }
  return url.href
}
