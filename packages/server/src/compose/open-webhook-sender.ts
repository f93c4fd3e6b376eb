import type { SenderOptions } from '../webhooks/http-webhook-sender.ts'
import type { WebhookSender } from '../webhooks/webhook-sender.ts'
import { webhookUrlProblem } from '../webhooks/webhook-url.ts'

/** Opens the sender of webhooks. Its libraries are loaded with the first request: most services send none. */
export function openWebhookSender(options: SenderOptions): WebhookSender {
  let opened: Promise<WebhookSender> | null = null
  const open = async () => {
    const { createWebhookSender } = await import('../webhooks/http-webhook-sender.ts')
    return createWebhookSender(options)
  }
  return {
    urlProblem: (text) => webhookUrlProblem(text, options.allowsPrivate),
    send: async (request, signal) => {
      opened ??= open()
      return (await opened).send(request, signal)
    },
    close: () => void opened?.then((sender) => sender.close()),
  }
}
