const { UPLOAD_URL = '' } = process.env

// A browser does this by itself, before it sends a page's PUT.
const answer = await fetch(UPLOAD_URL, {
  method: 'OPTIONS',
  headers: {
    Origin: 'https://app.example.com',
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-range',
  },
})
console.log(
  answer.status,
  answer.headers.get('access-control-allow-methods'),
)
