import { openAsBlob } from 'node:fs'
import { Waybill } from '@waybill/sdk'

const { files } = new Waybill({
  baseUrl: process.env.WAYBILL_URL ?? '',
  apiKey: process.env.WAYBILL_API_KEY ?? '',
  organizationId: process.env.WAYBILL_ORGANIZATION ?? '',
})

const blob = await openAsBlob('hello.txt')
const facts = {
  filename: 'hello.txt',
  file_size: blob.size,
  mime_type: 'text/plain',
}
const opened = await files.createUploadUrl({
  ...facts,
  upload_type: 'parts',
})
const { file_id, gcs_path, part_size, part_count } = opened
const sent: { number: number; etag: string }[] = []
for (let number = 1; number <= part_count; number++) {
  const { parts } = await files.signUploadParts(file_id, {
    numbers: [number],
  })
  const body = blob.slice((number - 1) * part_size, number * part_size)
  // The URL is the credential: no key goes to the storage.
  const answer = await fetch(parts[0]?.url ?? '', {
    method: 'PUT',
    body,
  })
  if (!answer.ok)
    throw new Error(`${answer.status}: ${await answer.text()}`)
  sent.push({ number, etag: answer.headers.get('etag') ?? '' })
}
await files.completeDirectUpload(file_id, { parts: sent })
const file = await files.register({ ...facts, gcs_path })
console.log(file.id)
