import { openAsBlob } from 'node:fs'

const { UPLOAD_URL = '' } = process.env
const file = await openAsBlob('hello.txt')
const tus = { 'Tus-Resumable': '1.0.0' }

// Ask for the number of bytes that are there already.
const state = await fetch(UPLOAD_URL, { method: 'HEAD', headers: tus })
const offset = Number(state.headers.get('upload-offset'))

const answer = await fetch(UPLOAD_URL, {
  method: 'PATCH',
  headers: {
    ...tus,
    'Upload-Offset': String(offset),
    'Content-Type': 'application/offset+octet-stream',
  },
  body: file.slice(offset),
})
if (answer.status !== 204)
  throw new Error(`${answer.status}: ${await answer.text()}`)
console.log(answer.status, answer.headers.get('upload-offset'))
