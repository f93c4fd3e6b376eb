import type { Page } from 'playwright-core'

export interface Credentials {
  readonly organizationId: string
  readonly apiKey: string
}

/** Fills the form as a person does, and waits for the files. */
export async function signIn(
  page: Page,
  url: string,
  { organizationId, apiKey }: Credentials,
): Promise<void> {
  await page.goto(`${url}/console`)
  await page.getByLabel('Organization').fill(organizationId)
  await page.getByLabel('API key').fill(apiKey)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: /Files/ }).waitFor()
}
