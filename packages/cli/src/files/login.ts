import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { assertServiceUrl, createClient, FIRST_ORGANIZATION, loginPath, storeLogin } from './connection.ts'
import { printable } from './printable.ts'

export interface LoginCommandOptions {
  readonly url?: string
  readonly organization?: string
}

const DEFAULT_URL = 'http://127.0.0.1:8080'

/** Asks for what it is not told, tries it, and stores it. The key never stands on a command line, where others see it. */
export async function login(options: LoginCommandOptions): Promise<void> {
  const isAsked = process.stdin.isTTY
  const url = options.url ?? (isAsked ? await ask(`URL [${DEFAULT_URL}]: `, DEFAULT_URL) : DEFAULT_URL)
  assertServiceUrl(url)
  const question = `Organization [${FIRST_ORGANIZATION}]: `
  const fallback = isAsked ? await askUnless(options.organization, question) : FIRST_ORGANIZATION
  const organization = options.organization ?? fallback
  const apiKey = isAsked ? await askHidden('API key: ') : (await text(process.stdin)).trim()
  if (apiKey === '') throw new Error('there is no key: give it on the standard input.')
  const client = await createClient({ url, apiKey, organization })
  const { name } = await client.organizations.get()
  await storeLogin({ url, apiKey, organization })
  console.log(`${printable(name)} (${organization}) at ${url}, stored in ${loginPath()}.`)
}

function askUnless(known: string | undefined, question: string): Promise<string> {
  return known === undefined ? ask(question, FIRST_ORGANIZATION) : Promise.resolve(known)
}

async function ask(question: string, fallback: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = (await terminal.question(question)).trim()
  terminal.close()
  return answer === '' ? fallback : answer
}

/** Shows nothing of what is typed. */
function askHidden(question: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true).setEncoding('utf8').resume()
  return new Promise((resolve, reject) => {
    let typed = ''
    const end = () => {
      stdin.off('data', onData).setRawMode(false).pause()
      stderr.write('\n')
    }
    const onData = (characters: string) => {
      for (const character of characters) {
        if (character === '\u0003' || character === '\u0004') {
          end()
          return reject(new Error('nothing was stored.'))
        }
        if (character === '\r' || character === '\n') {
          end()
          return resolve(typed.trim())
        }
        typed = character === '\u007f' ? typed.slice(0, -1) : typed + character
      }
    }
    stdin.on('data', onData)
  })
}
