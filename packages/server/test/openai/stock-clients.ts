import OpenAI, { toFile } from 'openai'
import OpenAI4, { toFile as toFile4 } from 'openai-4'
import OpenAI5, { toFile as toFile5 } from 'openai-5'
import OpenAI6, { toFile as toFile6 } from 'openai-6'

/** Parts of OpenAI's client that every tested version has. */
export interface StockClient {
  readonly name: string
  readonly create: (options: { readonly apiKey: string; readonly baseURL: string }) => OpenAI
  readonly toFile: typeof toFile
}

/**
 * OpenAI's official clients, unmodified. Their types differ in details that the tests do not use, so all of them have the
 * types of the newest.
 */
export const STOCK_CLIENTS: readonly StockClient[] = [
  {
    name: 'openai 4',
    create: (options) => new OpenAI4(options) as unknown as OpenAI,
    toFile: toFile4 as never,
  },
  {
    name: 'openai 5',
    create: (options) => new OpenAI5(options) as unknown as OpenAI,
    toFile: toFile5 as never,
  },
  {
    name: 'openai 6',
    create: (options) => new OpenAI6(options) as unknown as OpenAI,
    toFile: toFile6 as never,
  },
  { name: 'the newest openai', create: (options) => new OpenAI(options), toFile },
]
