// s3rver with one bucket, set up as in its documentation. Usage: s3rver-server.js DIRECTORY
import S3rver from 's3rver'

const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: process.argv[2],
  configureBuckets: [{ name: 'bench' }],
})
const { port } = await server.run()
console.log(`http://127.0.0.1:${port}`)
