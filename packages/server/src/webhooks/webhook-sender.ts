import type { DeliveryAttempt } from '../domain/webhooks/webhook.ts'

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends requests to endpoints of organizations, which may point anywhere: only where the operator allows it. */
export interface WebhookSender {
  /**
   * Returns the reason why the URL may not be called, as the rest of a sentence that begins with its name; null when it may
   * be. A host name is checked when it is called.
   */
  urlProblem(url: string): string | null
  /** Sends one request and returns what came back. Never throws. */
  send(request: WebhookRequest, signal: AbortSignal): Promise<DeliveryAttempt>
  close(): void
}
