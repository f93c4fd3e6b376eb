import { openAsBlob } from 'node:fs'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
} = process.env
const url = `${WAYBILL_URL}/v1/organizations/${WAYBILL_ORGANIZATION}/files/tus`
const file = await openAsBlob('hello.txt')
const tus = { 'Tus-Resumable': '1.0.0' }

const created = await fetch(url, {
  method: 'POST',
  headers: {
    ...tus,
    'X-API-Key': WAYBILL_API_KEY,
    'Upload-Length': String(file.size),
    'Upload-Metadata': `filename ${btoa('hello.txt')}`,
  },
})
if (created.status !== 201)
  throw new Error(`${created.status}: ${await created.text()}`)

// The Location is the credential for the bytes: no key is sent with them.
const sent = await fetch(created.headers.get('location') ?? '', {
  method: 'PATCH',
  headers: {
    ...tus,
    'Upload-Offset': '0',
    'Content-Type': 'application/offset+octet-stream',
  },
  body: file,
})
if (sent.status !== 204)
  throw new Error(`${sent.status}: ${await sent.text()}`)
console.log(sent.headers.get('x-waybill-file-id'))
