// What somebody may write over the published package; plain JavaScript, for any Node.
const assert = require('node:assert/strict')
const { readFile } = require('node:fs/promises')

/** Uploads with and without a key, pauses, resumes, downloads and lists with the client library. */
exports.mainJob = async ({ uploadTo, Waybill }) => {
  const [baseUrl, apiKey, organizationId, path] = process.argv.slice(2)
  const kept = new Map()
  // What a browser has.
  globalThis.localStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
  const isBrowser = process.execArgv.includes('--conditions=browser')
  const bytes = await readFile(path)
  const source = () => (isBrowser ? new File([bytes], 'built.bin', { lastModified: 7 }) : path)

  const client = new Waybill({ baseUrl, apiKey, organizationId })
  let begin
  const begun = new Promise((resolve) => {
    begin = resolve
  })
  const upload = client.files.upload(source(), {
    onProgress: ({ sentBytes }) => void (sentBytes > 0 && begin()),
  })
  await begun
  await upload.pause()
  assert.equal(kept.size, isBrowser ? 1 : 0)
  upload.resume()
  const file = await upload
  assert.equal(kept.size, 0)
  const { body } = await client.files.download(file.id)
  const pieces = []
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    pieces.push(value)
  }
  assert.ok(Buffer.concat(pieces).equals(bytes))
  const declared = { filename: 'keyless.bin', file_size: bytes.length, mime_type: 'application/octet-stream' }
  const { upload_url, file_id } = await client.files.createUploadUrl({ ...declared, auto_register: true })
  assert.equal((await uploadTo(upload_url, source())).fileId, file_id)
  const names = []
  for await (const { original_filename } of client.files.list()) names.push(original_filename)
  assert.ok(names.includes(file.original_filename))
  await assert.rejects(client.files.get('file_none'), { name: 'NotFoundError', code: 'FILE_NOT_FOUND' })
  console.log(process.version)
}
