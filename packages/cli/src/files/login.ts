import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { ReadStream } from 'node:tty'
import type { CommandIo } from '../command-io.ts'
import { assertServiceUrl, createClient, FIRST_ORGANIZATION, loginPath, storeLogin } from './connection.ts'
import { printable } from './printable.ts'

export interface LoginCommandOptions {
  readonly url?: string
  readonly organization?: string
}

const DEFAULT_URL = 'http://127.0.0.1:8080'

/**
 * Stores a login after the service has accepted it. Prompts for missing values in a terminal. There is no option for
 * the key, because other users of the machine can see command lines.
 */
export async function login(io: CommandIo, options: LoginCommandOptions): Promise<void> {
  const { stdin } = io
  const isInteractive = stdin instanceof ReadStream
  const url =
    options.url ?? (isInteractive ? await ask(io, `URL [${DEFAULT_URL}]: `, DEFAULT_URL) : DEFAULT_URL)
  assertServiceUrl(url)
  const question = `Organization [${FIRST_ORGANIZATION}]: `
  const fallback = isInteractive ? await askUnless(io, options.organization, question) : FIRST_ORGANIZATION
  const organization = options.organization ?? fallback
  const apiKey = isInteractive ? await askHidden(stdin, io, 'API key: ') : (await text(stdin)).trim()
  if (apiKey === '') throw new Error('there is no API key: pass it on standard input.')
  const client = await createClient(io, { url, apiKey, organization })
  const { name } = await client.organizations.get()
  await storeLogin(io, { url, apiKey, organization })
  io.print(`Stored the login for ${printable(name)} (${organization}) at ${url} in ${loginPath(io)}.`)
}

function askUnless(io: CommandIo, known: string | undefined, question: string): Promise<string> {
  return known === undefined ? ask(io, question, FIRST_ORGANIZATION) : Promise.resolve(known)
}

async function ask(io: CommandIo, question: string, fallback: string): Promise<string> {
  const terminal = createInterface({ input: io.stdin, output: io.stderr })
  const answer = (await terminal.question(question)).trim()
  terminal.close()
  return answer === '' ? fallback : answer
}

/** Prompts without echoing the input. */
function askHidden(stdin: ReadStream, { stderr }: CommandIo, question: string): Promise<string> {
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
          return reject(new Error('cancelled: no login was stored.'))
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
