import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Waybill } from '@waybill/sdk'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startServer, type TestServer } from '../../server/test/start-server.ts'
import { openBrowser, PATIENCE_MS } from './open-browser.ts'
import { signIn } from './sign-in.ts'

export interface ConsoleUnderTest {
  readonly server: TestServer
  readonly browser: Browser
  /** Sees what the page does from outside. */
  readonly waybill: Waybill
  /** A folder for files to upload. */
  readonly scratch: string
  /** A page of its own, as another person has it; `url` is the server's where nothing else is said. */
  newPage(options?: BrowserContextOptions): Promise<Page>
  /** The same, signed in. */
  signedIn(options?: BrowserContextOptions, url?: string): Promise<Page>
  /** Errors that pages reported, including violations of the Content-Security-Policy. */
  readonly complaints: readonly string[]
  close(): Promise<void>
}

/** Log line of a browser for a response that the page handles. */
const HANDLED = /Failed to load resource/

export interface ConsoleOptions {
  /** Fills the data of the server while it is stopped. */
  readonly seed?: (server: TestServer) => void
  /** Settings of the server, as environment variables. */
  readonly env?: Record<string, string>
}

/** Starts a real server, and a real browser that looks at its console. */
export async function openConsole({ seed, env = {} }: ConsoleOptions = {}): Promise<ConsoleUnderTest> {
  const server = await startSeeded(seed, env)
  const browser = await openBrowser()
  const scratch = await mkdtemp(join(tmpdir(), 'waybill-console-'))
  const complaints: string[] = []
  const newPage = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ acceptDownloads: true, ...options })
    context.setDefaultTimeout(PATIENCE_MS)
    // The dialog that gives handles cannot be operated by a test. Without it, the console has a field for files.
    await context.addInitScript(() => Reflect.deleteProperty(window, 'showOpenFilePicker'))
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error' && !HANDLED.test(message.text())) complaints.push(message.text())
    })
    return page
  }
  return {
    server,
    browser,
    scratch,
    complaints,
    waybill: new Waybill({
      baseUrl: server.url,
      apiKey: server.apiKey,
      organizationId: server.organizationId,
      sessions: null,
    }),
    newPage,
    signedIn: async (options, url = server.url) => {
      const page = await newPage(options)
      await signIn(page, url, server)
      return page
    },
    close: async () => {
      await browser.close()
      await server.stop()
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

async function startSeeded(seed: ConsoleOptions['seed'], env: Record<string, string>): Promise<TestServer> {
  const server = await startServer({ env })
  if (seed === undefined) return server
  await server.kill('SIGTERM')
  seed(server)
  return server.restart()
}
