import { accessSync, constants } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a Chromium is, or null; the environment’s CHROMIUM_PATH goes first. */
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

/** Why tests in a browser are skipped, or false. */
export const skipWithoutBrowser: string | false =
  chromiumPath() === null ? 'there is no Chromium: install one, or name it in CHROMIUM_PATH' : false

export function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error(String(skipWithoutBrowser))
  // As root, which CI is, Chromium's own sandbox does not start.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 })
}
