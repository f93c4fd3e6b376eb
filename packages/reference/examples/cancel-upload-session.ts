const { UPLOAD_URL = '' } = process.env

// 499 is the answer to an upload that is cancelled.
const answer = await fetch(UPLOAD_URL, { method: 'DELETE' })
console.log(answer.status)
