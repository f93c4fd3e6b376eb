import { writeFile } from 'node:fs/promises'

const { SHARE_URL = '' } = process.env

// The URL is the credential, so that the client library is not needed.
const answer = await fetch(SHARE_URL)
if (!answer.ok || answer.body === null) {
  throw new Error(`the link is refused: ${answer.status}`)
}
await writeFile('shared.txt', answer.body)
console.log(answer.status, answer.headers.get('content-disposition'))
