import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createClient, type FileObject, putObject, type Service, sendToApi, textFile } from '../api/client.ts'
import { exchange, json } from '../api/exchange.ts'

export type Server = Service & { readonly baseUrl: string }

const newSecret = () => randomBytes(24).toString('hex')

/** Sends raw bytes, and reads until the server closes the connection. */
async function sendRaw(server: Server, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.end(bytes)
  return text(socket).catch(() => '')
}

/** Sends valid, refused and malformed requests of every kind; returns the secrets in them. */
export async function useEverySecret(server: Server): Promise<string[]> {
  const client = createClient(server)
  const secrets = [server.apiKey]
  const secret = () => {
    const made = newSecret()
    secrets.push(made)
    return made
  }

  const made = await client.post('/api-keys', { key_name: 'Another' })
  const { id, key } = json<{ id: string; key: string }>(made)
  const rotated = json<{ key: string }>(await client.post(`/api-keys/${id}/rotate`, undefined))
  secrets.push(key, rotated.key)

  const form = new FormData()
  form.append('file', new Blob(['direct\n'], { type: 'text/plain' }), 'direct.txt')
  for (const headers of [
    { 'X-API-Key': server.apiKey, Cookie: `session=${secret()}`, 'X-Own-Header': secret() },
    { Authorization: `Bearer ${rotated.key}`, 'Proxy-Authorization': `Basic ${secret()}` },
    { 'X-API-Key': secret(), 'X-Amz-Security-Token': secret() },
  ]) {
    await (await fetch(`${server.baseUrl}/files/upload`, { method: 'POST', headers, body: form })).text()
  }
  const broken = { 'content-type': `multipart/form-data; boundary=${secret()}` }
  await client.post('/files/upload', 'no parts', { headers: broken })

  const upload = await client.storeObject(textFile())
  const file = json<FileObject>(await client.register(upload.register))
  const open = await client.startUpload(textFile('open.txt'))
  for (const { uploadUrl } of [upload, open]) {
    const { origin, pathname, searchParams } = new URL(uploadUrl)
    secrets.push(searchParams.get('upload_id') ?? '')
    await putObject(uploadUrl, Buffer.from('abc'), { 'content-range': 'bytes 1-3/9' })
    await exchange(origin, 'DELETE', `${pathname}?upload_id=${secret()}`)
    await exchange(origin, 'PUT', `${pathname}%3Fupload_id=${secret()}`)
  }

  secrets.push(...(await useUploadProtocols(server, secret)))

  const download = new URL((await client.content(file.id)).download_url)
  secrets.push(download.searchParams.get('token') ?? '')
  await exchange(server.url, 'GET', download.pathname + download.search)
  await exchange(server.url, 'GET', `${download.pathname}?token=${secret()}&expires=4102444800`)

  const shared = new URL(json<{ url: string }>(await client.post(`/files/${file.id}/links`, {})).url)
  secrets.push(shared.searchParams.get('token') ?? '')
  for (const query of [
    shared.search,
    `${shared.search}${secret()}`,
    `?token=${secret()}`,
    `?url=${shared.href}`,
  ]) {
    await exchange(server.url, 'GET', shared.pathname + query, { range: 'bytes=0-1' })
    await exchange(server.url, 'PUT', shared.pathname + query)
  }

  await sendToApi(server, 'GET', `/v1/organizations/${server.apiKey}/files?api_key=${secret()}`)
  await sendToApi(server, 'GET', `/nowhere?key=${server.apiKey}&token=${secret()}`)
  await client.send('PUT', `/files?token=${secret()}`)
  await client.post('/files', `{"token":"${secret()}"`)
  await client.get('/files', { headers: { 'x-request-id': rotated.key } })
  const head = `X-API-Key: ${server.apiKey}\r\nX-Own-Header: ${secret()}\r\n`
  for (const start of ['GET /v1/health HTTP/9.9', 'NONSENSE', `GET /%zz?token=${secret()} HTTP/1.1`]) {
    await sendRaw(server, `${start}\r\nHost: waybill\r\n${head}Connection: close\r\n\r\n`)
  }
  await sendRaw(server, `POST ${new URL(server.baseUrl).pathname}/files HTTP/1.1\r\n${head}Content-Le`)
  return secrets
}

/** Creates uploads with tus and with the IETF protocol, and appends to them; returns the secrets of their URLs. */
async function useUploadProtocols({ baseUrl, apiKey }: Server, secret: () => string): Promise<string[]> {
  const named = (text: string) => `filename ${Buffer.from(text).toString('base64')},${secret()}`
  const tus = { 'Tus-Resumable': '1.0.0' }
  const bytes = { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
  const digest = (text: string) => `${text}=:YWJj:`
  const creations: [string, Record<string, string>][] = [
    ['tus', { ...tus, 'Upload-Length': '3', 'Upload-Metadata': named(`${secret()}.txt`) }],
    ['tus', { ...tus, 'Upload-Length': '3', 'Upload-Metadata': `${secret()} not-base64` }],
    ['resumable', { 'Upload-Complete': '?0', 'Content-Disposition': `attachment; filename="${secret()}"` }],
    ['resumable', { 'Upload-Complete': '?0', 'Repr-Digest': digest(secret()) }],
    ['resumable', { 'Upload-Complete': '?0', 'Content-Disposition': `attachment; filename="${secret()}\t"` }],
  ]
  const ids: string[] = []
  for (const [path, headers] of creations) {
    const created = await fetch(`${baseUrl}/files/${path}`, {
      method: 'POST',
      headers: { 'X-API-Key': apiKey, ...headers },
    })
    const location = created.headers.get('location')
    if (location === null) continue
    ids.push(new URL(location).searchParams.get('upload_id') ?? '')
    for (const sent of [
      { ...bytes, 'Upload-Checksum': `sha1 ${secret()}`, 'X-API-Key': secret() },
      { ...bytes, 'Upload-Offset': secret(), Cookie: `session=${secret()}` },
      { 'Upload-Complete': '?0', 'Upload-Offset': '0', 'Content-Digest': digest(secret()) },
    ]) {
      await (await fetch(location, { method: 'PATCH', headers: sent, body: 'abc' })).text()
    }
    await fetch(location, { method: 'HEAD', headers: { Authorization: `Bearer ${secret()}` } })
    await fetch(location, { method: 'POST', headers: { ...tus, 'X-HTTP-Method-Override': secret() } })
    await fetch(location, { method: 'DELETE', headers: tus })
  }
  return ids
}

/** Fails with the context of a logged secret. */
export function assertHoldsNone(output: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    assert.ok(secret.length >= 40)
    const index = output.indexOf(secret)
    assert.equal(index, -1, `logged: ${output.slice(Math.max(0, index - 300), index + 100)}`)
  }
}
