import { BUCKET } from '../../../test/gcs/exchange.ts'
import { startGoogleFixture } from '../../../test/gcs/google-fixture.ts'
import { createKeyFile } from '../../../test/gcs/key-file.ts'
import { describeDelegatedStorage } from '../storage.conformance.ts'
import { openGcsStorage } from './gcs-storage.ts'

for (const prefix of ['', 'a/prefix/']) {
  describeDelegatedStorage(`a fixture of Google Cloud Storage, with the prefix «${prefix}»`, async () => {
    const key = await createKeyFile()
    process.env.GOOGLE_APPLICATION_CREDENTIALS = key.path
    const google = await startGoogleFixture(key)
    const storage = await openGcsStorage({ bucket: BUCKET, prefix, emulatorUrl: google.url })
    const remove = async () => {
      await google.close()
      await key.remove()
    }
    return { storage, remove }
  })
}
