import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Client } from '../api/client.ts'
import { json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'

interface EventObject {
  readonly id: string
  readonly type: string
  readonly data: { readonly id: string }
}

/** Change of a file that the service has answered. */
export interface Acknowledged {
  readonly type: 'file.created' | 'file.deleted'
  readonly fileId: string
}

export type DeliveryLedger = Awaited<ReturnType<typeof startLedger>>

/** Starts a receiver of events that keeps every complete request. */
export async function startLedger() {
  const bodies = new Map<string, Set<string>>()
  let repeats = 0
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        const id = String(request.headers['webhook-id'])
        if (bodies.has(id)) repeats++
        bodies.set(id, (bodies.get(id) ?? new Set()).add(body))
        response.writeHead(204).end()
      },
      // The sender was killed within the request.
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    repeats: () => repeats,
    /** Waits until every event of files has arrived, and compares events, files, deliveries and what was acknowledged. */
    verify: async (client: Client, acknowledged: readonly Acknowledged[]) => {
      const events = await listAll(client)
      const missing = () => events.filter(({ id }) => !bodies.has(id))
      await eventually('every event arrives', () => missing().length === 0).catch(() => {})
      assert.deepEqual(missing(), [], 'events that were not delivered')
      await eventually(
        'every delivery is recorded',
        async () => (await openDeliveries(client)).length === 0,
      ).catch(() => {})
      assert.deepEqual(await openDeliveries(client), [], 'deliveries that are not recorded as delivered')
      const known = new Map(events.map((event) => [event.id, event]))
      assert.deepEqual(
        [...bodies.keys()].filter((id) => !known.has(id)),
        [],
        'deliveries of no event',
      )
      for (const [id, versions] of bodies) {
        const [body = '', ...others] = versions
        assert.deepEqual(others, [], 'a repeat differs')
        assert.deepEqual(JSON.parse(body), known.get(id))
      }
      const changes = events.map(({ type, data }) => `${type} ${data.id}`)
      assert.deepEqual(changes, [...new Set(changes)], 'a change has two events')
      for (const { type, fileId } of acknowledged)
        assert.ok(changes.includes(`${type} ${fileId}`), `${type} ${fileId} has no event`)
      const files = await filesOf(client)
      const left = changes
        .filter((change) => change.startsWith('file.created '))
        .map((change) => change.slice('file.created '.length))
        .filter((id) => !changes.includes(`file.deleted ${id}`))
      assert.deepEqual(left.sort(), files.sort(), 'events and files differ')
      return events.length
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Returns the newest deliveries that were not recorded as delivered. */
async function openDeliveries(client: Client): Promise<readonly { readonly state: string }[]> {
  const { webhooks } = json<{ webhooks: { id: string }[] }>(await client.get('/webhooks'))
  const lists = await Promise.all(
    webhooks.map(async ({ id }) =>
      json<{ deliveries: { id: string; state: string }[] }>(
        await client.get(`/webhooks/${id}/deliveries?limit=100`),
      ),
    ),
  )
  return lists.flatMap(({ deliveries }) => deliveries).filter(({ state }) => state !== 'delivered')
}

async function listAll(client: Client): Promise<EventObject[]> {
  const events: EventObject[] = []
  let cursor = ''
  for (;;) {
    const query = `types=file.created,file.deleted&limit=1000${cursor && `&after=${cursor}`}`
    const page = json<{ events: EventObject[]; next_cursor: string; has_more: boolean }>(
      await client.get(`/events?${query}`),
    )
    events.push(...page.events)
    if (!page.has_more) return events
    cursor = page.next_cursor
  }
}

async function filesOf(client: Client): Promise<string[]> {
  const ids: string[] = []
  for (let page = 1; ; page++) {
    const { files } = json<{ files: { id: string }[] }>(await client.get(`/files?page=${page}&limit=100`))
    ids.push(...files.map(({ id }) => id))
    if (files.length < 100) return ids
  }
}
