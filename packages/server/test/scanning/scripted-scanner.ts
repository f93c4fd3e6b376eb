import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export const SCAN_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export interface ScanRequest {
  readonly file_id: string
  readonly organization_id: string
  readonly filename: string
  readonly mime_type: string
  readonly size: number
  readonly sha256?: string
  readonly download_url: string
}

export interface Offered {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly request: ScanRequest
}

export interface ScannerAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Script = (offered: Offered) => ScannerAnswer | Promise<ScannerAnswer>

export const CLEAN: ScannerAnswer = { status: 200, body: '{"verdict":"clean"}' }
export const REJECTED: ScannerAnswer = { status: 200, body: '{"verdict":"rejected","reason":"Test.Virus"}' }

export type ScriptedScanner = Awaited<ReturnType<typeof startScanner>>

/** Starts a scanner that keeps what it was offered, and answers as the current script says; clean at first. */
export async function startScanner() {
  const offered: Offered[] = []
  let script: Script = () => CLEAN
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const one = { headers: request.headers, body, request: JSON.parse(body) as ScanRequest }
    offered.push(one)
    const answer = await script(one)
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/scan`
  return {
    url,
    offered,
    env: { FILE_SCAN_URL: url, FILE_SCAN_SECRET: SCAN_SECRET },
    /** Returns the requests for files of this name. */
    offersOf: (filename: string) => offered.filter(({ request }) => request.filename === filename),
    follow: (next: Script) => {
      script = next
    },
    /** Lets every file wait; returns the function that answers all of them. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<ScannerAnswer>()
      script = () => promise
      return (answer: ScannerAnswer) => {
        script = () => answer
        resolve(answer)
      }
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
