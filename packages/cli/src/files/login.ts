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

/** Asks for what it is not told, tries it, and stores it. The key never stands on a command line, where others see it. */
export async function login(io: CommandIo, options: LoginCommandOptions): Promise<void> {
  const { stdin } = io
  const isAsked = stdin instanceof ReadStream
  const url = options.url ?? (isAsked ? await ask(io, `URL [${DEFAULT_URL}]: `, DEFAULT_URL) : DEFAULT_URL)
  assertServiceUrl(url)
  const question = `Organization [${FIRST_ORGANIZATION}]: `
  const fallback = isAsked ? await askUnless(io, options.organization, question) : FIRST_ORGANIZATION
  const organization = options.organization ?? fallback
  const apiKey = isAsked ? await askHidden(stdin, io, 'API key: ') : (await text(stdin)).trim()
  if (apiKey === '') throw new Error('there is no key: give it on the standard input.')
  const client = await createClient(io, { url, apiKey, organization })
  const { name } = await client.organizations.get()
  await storeLogin(io, { url, apiKey, organization })
  io.print(`${printable(name)} (${organization}) at ${url}, stored in ${loginPath(io)}.`)
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

/** Shows nothing of what is typed. */
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
