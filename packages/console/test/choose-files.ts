import type { Page } from 'playwright-core'

/** Clicks on the button, and gives the browser these files in place of its dialog. */
export async function chooseFiles(page: Page, button: string, paths: string | string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: button }).click()
  await (await chooser).setFiles(paths)
}
