import { openAsBlob } from 'node:fs'

const {
  WAYBILL_URL = '',
  WAYBILL_API_KEY = '',
  WAYBILL_ORGANIZATION = '',
} = process.env
const url = `${WAYBILL_URL}/v1/organizations/${WAYBILL_ORGANIZATION}`

const answer = await fetch(`${url}/files/resumable`, {
  method: 'POST',
  headers: {
    'X-API-Key': WAYBILL_API_KEY,
    'Upload-Complete': '?1',
    'Content-Type': 'text/plain',
    'Content-Disposition': 'inline; filename="hello.txt"',
  },
  body: await openAsBlob('hello.txt'),
})
if (answer.status !== 201)
  throw new Error(`${answer.status}: ${await answer.text()}`)
const file = (await answer.json()) as { id: string }
console.log(file.id)
