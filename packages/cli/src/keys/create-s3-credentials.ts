import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'

/** Issues S3 credentials of a key and prints them; their secret cannot be shown again. */
export async function createS3Credentials(
  io: CommandIo,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const issued = await client.apiKeys.createS3Credentials(keyId)
  const { access_key_id, secret_access_key } = issued
  const lines = [
    `${keyId} has S3 credentials. The secret is shown only once:`,
    '',
    `  AWS_ACCESS_KEY_ID=${access_key_id}`,
    `  AWS_SECRET_ACCESS_KEY=${secret_access_key}`,
  ]
  io.print(json ? JSON.stringify(issued) : lines.join('\n'))
}
