import type { CreateWebhookBody } from '@waybill/sdk'

type Types = NonNullable<CreateWebhookBody['types']>

/** Returns the types of a webhook as the API has them: `all` is `*`. The service refuses unknown ones. */
export function typesOf(types: readonly string[]): Types {
  return types.map((type) => (type === 'all' ? '*' : type)) as unknown as Types
}
