import type { CommandIo } from '../command-io.ts'
import { loginPath, removeLogin } from './connection.ts'

/** Removes the stored login. The key itself stays valid. */
export async function logout(io: CommandIo): Promise<void> {
  const path = loginPath(io)
  const wasThere = await removeLogin(io)
  io.print(
    wasThere
      ? `${path} is removed. Its key still works: revoke it with "waybill keys".`
      : `${path} is not there.`,
  )
  if (io.env.WAYBILL_API_KEY) io.printError('WAYBILL_API_KEY is still set.')
}
