import { startS3Service } from '../clients/s3/s3-service.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { createBucket, settingsOf } from './create-bucket.ts'

/** Starts a process whose clients send bytes to its storage directly: a bucket of another process. */
export async function startDirectServer(): Promise<TestServer> {
  const front = await startS3Service()
  const location = await createBucket(front)
  const server = await startServer({ env: settingsOf({ ...location, isDirect: true }) })
  return {
    ...server,
    stop: async () => {
      await server.stop()
      await front.stop()
    },
  }
}
