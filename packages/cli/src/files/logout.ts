import { loginPath, removeLogin } from './connection.ts'

/** Removes the stored login. The key itself stays valid. */
export async function logout(): Promise<void> {
  const path = loginPath()
  const wasThere = await removeLogin()
  console.log(
    wasThere
      ? `${path} is removed. Its key still works: revoke it with "waybill keys".`
      : `${path} is not there.`,
  )
  if (process.env.WAYBILL_API_KEY) console.error('WAYBILL_API_KEY is still set.')
}
