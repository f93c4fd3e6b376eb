import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { DeliveryAttempt, Webhook } from '../../domain/webhooks/webhook.ts'
import { type DatabaseFixture, fileOf, NOW_MS, sessionOf } from './fixture.conformance.ts'
import type { ClaimedDelivery, DeliveryOutcome } from './webhooks.ts'

const LEASE_MS = 60_000
const DELIVERED: DeliveryOutcome = { isDelivered: true, retryAtMs: null, deactivation: null }
const attemptOf = (status: number | null): DeliveryAttempt => ({
  ...{ atMs: NOW_MS, durationMs: 5, status, error: status === null ? 'The connection was refused.' : null },
  answer: '',
})

/** Tests an implementation of records/webhooks.ts. */
export function describeWebhookRecords(fixture: DatabaseFixture): void {
  const webhooks = () => fixture.database.webhooks
  const newWebhook = async (organizationId: string, changes: Partial<Webhook> = {}): Promise<Webhook> => {
    const webhook: Webhook = {
      ...{ id: createId('whk'), organizationId, url: 'https://example.com/', types: null, description: null },
      ...{
        isActive: true,
        deactivation: null,
        failingSinceMs: null,
        createdAtMs: NOW_MS,
        updatedAtMs: NOW_MS,
      },
      ...changes,
    }
    await fixture.database.events.latestPosition()
    assert.ok(await webhooks().create(organizationId, webhook, 'secret', 10))
    return webhook
  }
  const addFiles = async (organizationId: string, count = 1) => {
    const files = Array.from({ length: count }, () => fileOf(sessionOf(organizationId)))
    assert.ok(await fixture.database.files.add(organizationId, files, null))
    return files.map(({ id }) => id)
  }
  const dispatch = async () => {
    const until = await fixture.database.events.latestPosition()
    while ((await webhooks().dispatch(until, 50, NOW_MS)) > 0);
  }
  /** Claims what the organization has due, and gives back deliveries of other tests. */
  const claimOf = async (organizationId: string, nowMs = NOW_MS): Promise<ClaimedDelivery[]> => {
    const claimed = await webhooks().claim(nowMs, nowMs + LEASE_MS, 1000)
    const isOwn = ({ webhook }: ClaimedDelivery) => webhook.organizationId === organizationId
    await webhooks().release(claimed.filter((one) => !isOwn(one)))
    return claimed.filter(isOwn)
  }
  const claimOne = async (organizationId: string, nowMs = NOW_MS): Promise<ClaimedDelivery> => {
    const [claimed, ...more] = await claimOf(organizationId, nowMs)
    assert.ok(claimed)
    assert.deepEqual(more, [])
    return claimed
  }
  const deliveriesOf = async ({ organizationId, id }: Webhook) =>
    (await webhooks().listDeliveries(organizationId, id, { after: null, limit: 100 })).deliveries

  it('stores webhooks of one organization, up to the limit', async () => {
    const [id, other] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const first = await newWebhook(id, { types: ['file.created'], description: 'Índex' })
    const second = await newWebhook(id, { createdAtMs: NOW_MS + 1, updatedAtMs: NOW_MS + 1, isActive: false })
    assert.deepEqual(await webhooks().list(id), [first, second])
    assert.deepEqual(await webhooks().find(id, first.id), first)
    assert.equal(await webhooks().find(other, first.id), null)
    assert.equal(await webhooks().create(id, { ...first, id: createId('whk') }, 'secret', 2), false)
    const changed = { url: 'https://example.org/', types: null, isActive: false }
    const expected = { ...first, ...changed, updatedAtMs: NOW_MS + 5 }
    assert.deepEqual(await webhooks().update(id, first.id, changed, NOW_MS + 5), expected)
    assert.equal(await webhooks().update(other, first.id, changed, NOW_MS + 5), null)
    assert.equal(await webhooks().delete(other, first.id), false)
    assert.ok(await webhooks().delete(id, first.id))
    assert.deepEqual(await webhooks().list(id), [second])
  })

  it('signs with the old secret until its time is over', async () => {
    const id = await fixture.newOrganization()
    const webhook = await newWebhook(id)
    const secretsAt = (nowMs: number) => webhooks().findSecrets(id, webhook.id, nowMs)
    assert.deepEqual(await secretsAt(NOW_MS), { secret: 'secret', previous: null })
    await webhooks().rotate(id, webhook.id, 'second', NOW_MS + 10, NOW_MS)
    assert.deepEqual(await secretsAt(NOW_MS + 9), { secret: 'second', previous: 'secret' })
    assert.deepEqual(await secretsAt(NOW_MS + 10), { secret: 'second', previous: null })
    assert.equal(await webhooks().rotate(await fixture.newOrganization(), webhook.id, 'x', 1, 1), null)
  })

  it('delivers the events of its organization from its creation on, of the wanted types, once', async () => {
    const [id, other] = [await fixture.newOrganization(), await fixture.newOrganization()]
    await newWebhook(other)
    await addFiles(id)
    const all = await newWebhook(id)
    const some = await newWebhook(id, { types: ['file.deleted'] })
    const inactive = await newWebhook(id, { isActive: false })
    const [fileId = ''] = await addFiles(id)
    await fixture.database.files.delete(id, fileId, NOW_MS)
    await Promise.all([dispatch(), dispatch()])
    const typesOf = async (webhook: Webhook) =>
      (await deliveriesOf(webhook)).map(({ eventType }) => eventType).sort()
    assert.deepEqual(await typesOf(all), ['file.created', 'file.deleted'])
    assert.deepEqual(await typesOf(some), ['file.deleted'])
    assert.deepEqual(await typesOf(inactive), [])
  })

  it('runs one delivery of an endpoint until one has succeeded, and then up to eight', async () => {
    const id = await fixture.newOrganization()
    await newWebhook(id)
    await addFiles(id, 12)
    await dispatch()
    const first = await claimOne(id)
    assert.deepEqual(await claimOf(id), [])
    assert.ok(await webhooks().finish(first, attemptOf(200), DELIVERED, NOW_MS))
    const running: ClaimedDelivery[] = []
    for (let some = await claimOf(id); some.length > 0; some = await claimOf(id)) running.push(...some)
    assert.equal(running.length, 8)
    assert.equal(new Set(running.map(({ delivery }) => delivery.id)).size, 8)
  })

  it('repeats a failed delivery at its time, and records each attempt', async () => {
    const id = await fixture.newOrganization()
    const webhook = await newWebhook(id)
    await addFiles(id)
    await dispatch()
    const first = await claimOne(id)
    assert.equal(first.event?.type, 'file.created')
    const retryAtMs = NOW_MS + 5000
    await webhooks().finish(
      first,
      attemptOf(500),
      { isDelivered: false, retryAtMs, deactivation: null },
      NOW_MS,
    )
    assert.deepEqual(await claimOf(id, retryAtMs - 1), [])
    assert.equal((await webhooks().find(id, webhook.id))?.failingSinceMs, NOW_MS)
    const second = await claimOne(id, retryAtMs)
    assert.deepEqual(second.delivery.attempts, [attemptOf(500)])
    await webhooks().finish(second, attemptOf(204), DELIVERED, retryAtMs)
    const [delivery] = await deliveriesOf(webhook)
    assert.deepEqual(delivery, {
      ...{
        id: first.delivery.id,
        webhookId: webhook.id,
        eventId: first.event?.id,
        eventType: 'file.created',
      },
      ...{ state: 'delivered', attempts: [attemptOf(500), attemptOf(204)], createdAtMs: NOW_MS },
      nextAttemptAtMs: null,
    })
    assert.equal((await webhooks().find(id, webhook.id))?.failingSinceMs, null)
  })

  it('gives a delivery to another process when the lease has expired, and refuses the result of the first', async () => {
    const id = await fixture.newOrganization()
    await newWebhook(id)
    await addFiles(id)
    await dispatch()
    const lost = await claimOne(id)
    const laterMs = NOW_MS + LEASE_MS
    while ((await webhooks().releaseExpired(laterMs, 100)) > 0);
    const taken = await claimOne(id, laterMs)
    assert.equal(taken.delivery.id, lost.delivery.id)
    assert.equal(await webhooks().finish(lost, attemptOf(200), DELIVERED, laterMs), false)
    assert.ok(await webhooks().finish(taken, attemptOf(200), DELIVERED, laterMs))
  })

  it('sends nothing to a deactivated endpoint until it is activated again', async () => {
    const id = await fixture.newOrganization()
    const webhook = await newWebhook(id)
    await addFiles(id, 2)
    await dispatch()
    const gone: DeliveryOutcome = { isDelivered: false, retryAtMs: null, deactivation: 'gone' }
    await webhooks().finish(await claimOne(id), attemptOf(410), gone, NOW_MS)
    const { isActive, deactivation } = (await webhooks().find(id, webhook.id)) ?? assert.fail()
    assert.deepEqual({ isActive, deactivation }, { isActive: false, deactivation: 'gone' })
    assert.deepEqual(await claimOf(id), [])
    const activated = await webhooks().update(id, webhook.id, { isActive: true }, NOW_MS + 1)
    assert.deepEqual([activated?.deactivation, activated?.failingSinceMs], [null, null])
    assert.equal((await claimOf(id)).length, 1)
  })

  it('makes a delivery due once more, for its organization only', async () => {
    const [id, other] = [await fixture.newOrganization(), await fixture.newOrganization()]
    const webhook = await newWebhook(id)
    await addFiles(id)
    await dispatch()
    const { delivery, ...claim } = await claimOne(id)
    assert.equal(await webhooks().retryDelivery(id, webhook.id, delivery.id, NOW_MS), null, 'it is running')
    await webhooks().finish({ delivery, ...claim }, attemptOf(200), DELIVERED, NOW_MS)
    assert.equal(await webhooks().retryDelivery(other, webhook.id, delivery.id, NOW_MS), null)
    assert.equal((await webhooks().retryDelivery(id, webhook.id, delivery.id, NOW_MS))?.state, 'waiting')
    assert.equal((await claimOne(id)).delivery.id, delivery.id)
  })

  it('lists deliveries newest first in pages, and forgets old ones', async () => {
    const id = await fixture.newOrganization()
    const webhook = await newWebhook(id)
    await addFiles(id, 3)
    await dispatch()
    const all = (await deliveriesOf(webhook)).map((delivery) => delivery.id)
    assert.equal(all.length, 3)
    const page = await webhooks().listDeliveries(id, webhook.id, { after: null, limit: 2 })
    assert.deepEqual([page.deliveries.map((one) => one.id), page.hasMore], [all.slice(0, 2), true])
    const after = await webhooks().findDeliveryPosition(id, webhook.id, all[1] ?? '')
    const rest = await webhooks().listDeliveries(id, webhook.id, { after, limit: 2 })
    assert.deepEqual([rest.deliveries.map((one) => one.id), rest.hasMore], [all.slice(2), false])
    assert.equal(await webhooks().forgetDeliveries(NOW_MS, 100), 0)
    while ((await webhooks().forgetDeliveries(NOW_MS + 1, 100)) > 0);
    assert.deepEqual(await deliveriesOf(webhook), [])
  })

  it('claims nothing for endpoints that are left out, and counts what waits and runs', async () => {
    const id = await fixture.newOrganization()
    const [one, other] = [await newWebhook(id), await newWebhook(id)]
    await addFiles(id)
    await dispatch()
    const { waiting, running } = await webhooks().countDeliveries(20_000)
    const claimed = await webhooks().claim(NOW_MS, NOW_MS + LEASE_MS, 1000, [one.id])
    const ids = claimed.map(({ webhook }) => webhook.id)
    assert.ok(ids.includes(other.id) && !ids.includes(one.id))
    const counts = { waiting: waiting - claimed.length, running: running + claimed.length }
    assert.deepEqual(await webhooks().countDeliveries(20_000), counts)
    assert.deepEqual(await webhooks().countDeliveries(1), { waiting: 1, running: 1 })
    await webhooks().release(claimed)
  })
}
