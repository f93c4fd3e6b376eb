import type { CreatedWebhook } from '@waybill/sdk'

/** Returns a message with the secret of a webhook, which cannot be shown again. */
export function secretText(sentence: string, { secret }: CreatedWebhook): string {
  return `${sentence} The secret, shown only once:\n\n  ${secret}`
}
