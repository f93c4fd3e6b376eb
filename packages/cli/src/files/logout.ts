import { loginPath, removeLogin } from './connection.ts'

/** Removes the stored login. The key itself stays valid. */
export async function logout(): Promise<void> {
  const path = loginPath()
  const wasThere = await removeLogin()
  console.log(
    wasThere
      ? `Removed ${path}. The API key is still valid: delete it with "waybill keys delete".`
      : `There is no stored login at ${path}.`,
  )
  if (process.env.WAYBILL_API_KEY) console.error('WAYBILL_API_KEY is still set.')
}
