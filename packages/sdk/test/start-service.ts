import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { type AppOptions, startApp, type TestApp } from '../../server/test/start-app.ts'
import { Waybill, type WaybillOptions } from '../src/waybill.ts'
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'

export interface TestService {
  readonly server: TestApp
  readonly proxy: FaultyProxy
  readonly folder: string
  /** Everything it does goes through the proxy. */
  client(options?: Partial<WaybillOptions>): Waybill
  stop(): Promise<void>
}

/** Short pauses, so that tests do not wait longer than necessary. */
export const QUICK_RETRY = { baseDelayMs: 10, maxDelayMs: 50 }

/** Starts the server in this process behind the proxy, which is its public URL, and creates a folder for files. */
export async function startService(options: Pick<AppOptions, 'isOnDisk' | 'env'> = {}): Promise<TestService> {
  const proxy = await startFaultyProxy()
  const server = await startApp({ ...options, env: { ...options.env, PUBLIC_URL: proxy.url } })
  proxy.forwardTo(server.url)
  const scratch = await createScratchFolder()
  await mkdir(join(scratch.path, 'state'))
  const { apiKey, organizationId } = server
  return {
    server,
    proxy,
    folder: scratch.path,
    client: (options = {}) =>
      new Waybill({
        baseUrl: proxy.url,
        apiKey,
        organizationId,
        sessions: null,
        retry: QUICK_RETRY,
        ...options,
      }),
    stop: async () => {
      await proxy.close()
      await server.stop()
      await scratch.remove()
    },
  }
}
