import assert from 'node:assert/strict'

/** Requests of one sign-in; more mean that it goes round in circles. */
const MAX_PAGES = 20

/** Acts as the browser of a user: follows redirects with cookies, and fills in the forms of the provider. */
export async function browse(firstUrl: string, login: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = firstUrl
  let form: URLSearchParams | null = null
  for (let page = 0; page < MAX_PAGES; page++) {
    const response: Response = await fetch(url, {
      ...(form === null ? {} : { method: 'POST', body: form }),
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    form = null
    if (location !== null) {
      url = new URL(location, url).href
      continue
    }
    const action = /<form[^>]*\saction="([^"]+)"/.exec(text)?.[1]
    if (action === undefined) return text
    form = fieldsOf(text, login)
    url = new URL(action.replaceAll('&amp;', '&'), url).href
  }
  assert.fail(`the sign-in does not end: ${url}`)
}

function fieldsOf(page: string, login: string): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [input] of page.matchAll(/<(?:input|button)[^>]*>/g)) {
    const name = /\sname="([^"]+)"/.exec(input)?.[1]
    if (name === undefined || name === 'abort') continue
    const value = /\svalue="([^"]*)"/.exec(input)?.[1] ?? ''
    fields.set(name, name === 'login' ? login : name === 'password' ? 'secret' : value)
  }
  return fields
}
