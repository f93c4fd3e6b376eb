import { AuthenticationError, type Waybill } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { secretText } from './secret-text.ts'

/**
 * Replaces the secret of a key and prints the new one, which cannot be shown again. Warns when this command itself used
 * the old secret, because later commands need the new one.
 */
export async function rotate(
  io: CommandIo,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const rotated = await client.apiKeys.rotate(keyId)
  io.print(json ? JSON.stringify(rotated) : secretText(`${rotated.id} has a new secret.`, rotated.key))
  if (await isRefused(client)) {
    const next = io.env.WAYBILL_API_KEY
      ? 'set WAYBILL_API_KEY to the new secret'
      : 'run "waybill login" to store the new secret'
    io.printError(`This command used the old secret: ${next}.`)
  }
}

async function isRefused(client: Waybill): Promise<boolean> {
  return client.organizations.get().then(
    () => false,
    (error) => error instanceof AuthenticationError,
  )
}
