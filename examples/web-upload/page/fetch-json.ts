/** Requests JSON from the server of the application. Throws an error with the message of a failed response. */
export async function fetchJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, init)
  const body = await response.json()
  if (!response.ok) throw new Error(body.message)
  return body
}
