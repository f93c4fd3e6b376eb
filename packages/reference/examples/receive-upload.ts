import { openAsBlob } from 'node:fs'

const { UPLOAD_URL = '' } = process.env
const file = await openAsBlob('hello.txt')

// What is there already? No Range header: nothing yet.
const state = await fetch(UPLOAD_URL, {
  method: 'PUT',
  headers: { 'Content-Range': 'bytes */*' },
})
const last = state.headers.get('range')?.split('-')[1]
const offset = last === undefined ? 0 : Number(last) + 1

const answer = await fetch(UPLOAD_URL, {
  method: 'PUT',
  headers: {
    'Content-Range': `bytes ${offset}-${file.size - 1}/${file.size}`,
  },
  body: file.slice(offset),
})
if (answer.status !== 200)
  throw new Error(`${answer.status}: ${await answer.text()}`)
console.log(await answer.json())
