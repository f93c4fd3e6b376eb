import { startS3App } from '../s3/start-s3-app.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { createBucket, settingsOf } from './create-bucket.ts'

/** Starts a service whose clients send bytes to its storage directly: a bucket of another service in this process. */
export async function startDirectApp(): Promise<TestApp> {
  const front = await startS3App()
  const location = await createBucket({ endpoint: front.s3Url, ...front.credentials })
  const env = settingsOf({ ...location, isDirect: true })
  const app = await startApp({ env })
  return {
    ...app,
    stop: async () => {
      await app.stop()
      await front.stop()
    },
  }
}
