const { UPLOAD_URL = '' } = process.env

const answer = await fetch(UPLOAD_URL, {
  method: 'HEAD',
  headers: { 'Tus-Resumable': '1.0.0' },
})
if (answer.status !== 200) throw new Error(String(answer.status))
console.log('Upload-Offset:', answer.headers.get('upload-offset'))
