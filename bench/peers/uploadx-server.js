// @uploadx/core on Node's HTTP server, set up as in its documentation. Usage: uploadx-server.js DIRECTORY
import { createServer } from 'node:http'
import { uploadx } from '@uploadx/core'

const upload = uploadx({ uploadDir: process.argv[2], maxUploadSize: '100GB', allowMIME: ['*/*'] })
const listener = createServer(upload).listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${listener.address().port}/files`)
})
