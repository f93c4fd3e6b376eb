import assert from 'node:assert/strict'

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Issues credentials of a new key with these scopes; with all of them when absent. */
export async function issueCredentials(
  baseUrl: string,
  apiKey: string,
  scopes: readonly string[] = ['files:read', 'files:write'],
): Promise<S3Credentials> {
  const send = async (path: string, body?: object): Promise<Record<string, string>> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    assert.equal(response.status, 201, await response.clone().text())
    return (await response.json()) as Record<string, string>
  }
  const { id } = await send('/api-keys', { key_name: 'S3', scopes })
  const issued = await send(`/api-keys/${id}/s3-credentials`)
  const { access_key_id: accessKeyId = '', secret_access_key: secretAccessKey = '' } = issued
  return { accessKeyId, secretAccessKey }
}
