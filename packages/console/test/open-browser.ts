import { accessSync, constants } from 'node:fs'
import { type Browser, type BrowserServer, chromium, type LaunchOptions } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Path of a Chromium, or null. CHROMIUM_PATH in the environment takes precedence. */
function chromiumPath(): string | null {
  const candidates = [process.env.CHROMIUM_PATH, ...PATHS].filter((path) => path !== undefined)
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const skip = chromiumPath() === null && 'there is no Chromium: install one, or name it in CHROMIUM_PATH'

/** Longest wait for the page. A passing test never waits so long, also beside other work. */
export const PATIENCE_MS = 120_000

/** Options of a suite in a browser: it is skipped where there is none, and its tests share one service. */
export const IN_BROWSER = { skip, concurrency: false, timeout: 5 * PATIENCE_MS }

/** Variable with the address of the browser that all files of a run share; each starts its own without it. */
export const SHARED_BROWSER = 'TEST_BROWSER_URL'

/** Opens a browser; closing it leaves a shared one to the other files. */
export function openBrowser(): Promise<Browser> {
  const shared = process.env[SHARED_BROWSER]
  return shared === undefined ? chromium.launch(launchOptions()) : chromium.connect(shared)
}

/** Starts a browser for all files of a run; null where there is none. */
export async function startSharedBrowser(): Promise<BrowserServer | null> {
  return chromiumPath() === null ? null : chromium.launchServer(launchOptions())
}

function launchOptions(): LaunchOptions {
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error(String(skip))
  // As root, which CI is, Chromium's own sandbox does not start.
  return { executablePath, chromiumSandbox: process.getuid?.() !== 0 }
}
