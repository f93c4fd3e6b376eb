import type { CommandIo } from '../command-io.ts'
import { loginPath, removeLogin } from './connection.ts'

/** Removes the stored login. The key itself stays valid. */
export async function logout(io: CommandIo): Promise<void> {
  const path = loginPath(io)
  const wasThere = await removeLogin(io)
  io.print(
    wasThere
      ? `Removed ${path}. An API key in it is still valid: delete it with "waybill keys delete".`
      : `There is no stored login at ${path}.`,
  )
  if (io.env.WAYBILL_API_KEY) io.printError('WAYBILL_API_KEY is still set.')
}
