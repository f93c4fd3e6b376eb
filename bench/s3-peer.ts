import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AwsClient } from 'aws4fetch'
import { startProcess } from './measured-process.ts'
import { presignWith, type S3Server } from './s3.ts'

const PROGRAM = fileURLToPath(new URL('peers/s3rver-server.js', import.meta.url))
const BUCKET = 'bench'
/** Those of its documentation. */
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }

/** Starts another S3 server in Node, which stores files in the folder and computes their MD5. */
export async function startS3rver(directory: string): Promise<S3Server> {
  await mkdir(directory, { recursive: true })
  const server = await startProcess(process.execPath, [PROGRAM, directory])
  const client = new AwsClient({ ...CREDENTIALS, service: 's3', region: 'us-east-1' })
  return {
    process: server,
    dataDirectory: directory,
    presign: presignWith(client, `${server.readyLine}/${BUCKET}`),
  }
}
