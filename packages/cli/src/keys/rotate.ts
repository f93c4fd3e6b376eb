import { AuthenticationError, type Waybill } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { secretText } from './secret-text.ts'

/** The new secret is shown this once. Says so where it was the key of this very command, which is of no use any more. */
export async function rotate(
  io: CommandIo,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const rotated = await client.apiKeys.rotate(keyId)
  io.print(json ? JSON.stringify(rotated) : secretText(`${rotated.id} has a new secret.`, rotated.key))
  if (await isRefused(client)) {
    const next = io.env.WAYBILL_API_KEY ? 'give WAYBILL_API_KEY' : '"waybill login" stores'
    io.printError(`It was the key of this command: ${next} the new one.`)
  }
}

async function isRefused(client: Waybill): Promise<boolean> {
  return client.organizations.get().then(
    () => false,
    (error) => error instanceof AuthenticationError,
  )
}
