import { openClient } from '../files/connection.ts'

/** For good: it is refused from now on, and in no list any more. */
export async function deleteKey(keyId: string, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient()
  await client.apiKeys.delete(keyId)
  console.log(json ? JSON.stringify({ id: keyId, is_deleted: true }) : `${keyId} is deleted.`)
}
