import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'

/** Ends the S3 credentials of a key. */
export async function deleteS3Credentials(
  io: CommandIo,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  await client.apiKeys.deleteS3Credentials(keyId)
  io.print(json ? JSON.stringify({ id: keyId }) : `${keyId} has no S3 credentials any more.`)
}
