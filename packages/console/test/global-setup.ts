import type { BrowserServer } from 'playwright-core'
import { SHARED_BROWSER, startSharedBrowser } from './open-browser.ts'

let browser: BrowserServer | null = null

/** Starts one browser for a run of the tests, which find it by TEST_BROWSER_URL. */
export async function globalSetup(): Promise<void> {
  browser = await startSharedBrowser()
  if (browser !== null) process.env[SHARED_BROWSER] = browser.wsEndpoint()
}

export async function globalTeardown(): Promise<void> {
  await browser?.close()
}
