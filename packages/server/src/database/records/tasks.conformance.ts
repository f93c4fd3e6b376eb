import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createId } from '../../domain/ids.ts'
import type { TaskChange } from '../records/tasks.ts'
import { insertTask, ownTask } from '../sql/task-statements.ts'
import { type DatabaseFixture, NOW_MS } from './fixture.conformance.ts'
import { type ClaimRequest, MAX_TASK_AGE_MS, MAX_TASK_PAYLOAD_BYTES, type NewTask } from './tasks.ts'

const LEASE_MS = 1000
const DEADLINE_MS = 60_000

/** Tests an implementation of records/tasks.ts. Each test uses a kind of its own. */
export function describeTaskRecords(fixture: DatabaseFixture): void {
  const newKind = () => createId('task')
  const taskOf = (kind: string, organizationId: string, key: string): NewTask => ({
    ...{ kind, organizationId, key, payload: `{"key":"${key}"}`, createdAtMs: NOW_MS },
  })
  const insert = async (kind: string, organizationId: string, ...keys: string[]) => {
    for (const key of keys) await fixture.database.tasks.insert(taskOf(kind, organizationId, key))
  }
  const claim = (kind: string, changes: Partial<ClaimRequest> = {}) => {
    const { nowMs = NOW_MS } = changes
    const request = {
      kind,
      nowMs,
      leaseUntilMs: nowMs + LEASE_MS,
      deadlineAtMs: nowMs + DEADLINE_MS,
      max: 10,
      maxPerOrganization: 10,
      after: '',
    }
    return fixture.database.tasks.claim({ ...request, ...changes })
  }
  const claimOne = async (kind: string, nowMs = NOW_MS) => {
    const { tasks } = await claim(kind, { nowMs, max: 1 })
    return tasks[0] ?? assert.fail('no task is due')
  }
  const organizations = async (count: number) =>
    (await Promise.all(Array.from({ length: count }, () => fixture.newOrganization()))).sort()

  it('gives a task to one worker, with what was inserted, and deletes it when it is finished', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    const task = await claimOne(kind)
    assert.deepEqual(task, {
      ...{ id: task.id, kind, organizationId: id, key: 'a', payload: '{"key":"a"}', attempt: 1 },
      ...{ createdAtMs: NOW_MS, deadlineAtMs: NOW_MS + DEADLINE_MS, leaseToken: task.leaseToken },
    })
    assert.deepEqual(await claim(kind), { tasks: [], after: '', isExhausted: true })
    assert.equal((await tasks.find(id, kind, 'a'))?.state, 'running')
    assert.equal(await tasks.finish(task), true)
    assert.equal(await tasks.find(id, kind, 'a'), null)
    assert.equal(await tasks.finish(task), false)
  })

  it('keeps an unfinished task when it is inserted again, and inserts a finished one', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a', 'a')
    await tasks.insert({ ...taskOf(kind, id, 'a'), payload: 'new' })
    const task = await claimOne(kind)
    assert.equal(task.payload, '{"key":"a"}')
    await insert(kind, id, 'a')
    assert.equal((await claim(kind)).tasks.length, 0)
    await tasks.finish(task)
    await insert(kind, id, 'a')
    assert.equal((await claimOne(kind)).attempt, 1)
  })

  it('replaces a waiting task, and takes a running one from its worker', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    const replace = (payload: string) => tasks.insert({ ...taskOf(kind, id, 'a'), payload }, 'replace')
    await replace('second')
    const superseded = await claimOne(kind)
    assert.equal(superseded.payload, 'second')
    await replace('third')
    assert.equal(await tasks.renew(superseded, NOW_MS + LEASE_MS), false)
    assert.equal(await tasks.finish(superseded), false)
    const task = await claimOne(kind)
    assert.deepEqual([task.payload, task.attempt], ['third', 1])
  })

  it('leaves the task of another organization with the same key alone', async () => {
    const { tasks } = fixture.database
    const kind = newKind()
    const [owner = '', stranger = ''] = await organizations(2)
    await insert(kind, owner, 'a')
    await tasks.insert({ ...taskOf(kind, stranger, 'a'), payload: 'stolen' }, 'replace')
    assert.equal(await tasks.cancel(stranger, kind, 'a'), false)
    assert.equal(await tasks.find(stranger, kind, 'a'), null)
    assert.equal((await tasks.find(owner, kind, 'a'))?.payload, '{"key":"a"}')
  })

  it('refuses a payload above the limit', async () => {
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    const insertSized = (bytes: number) =>
      fixture.database.tasks.insert({ ...taskOf(kind, id, 'a'), payload: 'ä'.repeat(bytes / 2) })
    await assert.rejects(insertSized(MAX_TASK_PAYLOAD_BYTES + 2), /too large/)
    await assert.doesNotReject(insertSized(MAX_TASK_PAYLOAD_BYTES))
  })

  it('runs no task before its time, and the earliest first', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await tasks.insert({ ...taskOf(kind, id, 'late'), runAtMs: NOW_MS + 20 })
    await tasks.insert({ ...taskOf(kind, id, 'early'), runAtMs: NOW_MS + 10 })
    assert.equal((await claim(kind, { nowMs: NOW_MS + 9 })).tasks.length, 0)
    const { tasks: claimed } = await claim(kind, { nowMs: NOW_MS + 20 })
    assert.deepEqual(
      claimed.map(({ key }) => key),
      ['early', 'late'],
    )
  })

  it('serves organizations in turn, whatever the number of their tasks', async () => {
    const kind = newKind()
    const [big = '', small = '', other = ''] = await organizations(3)
    await insert(kind, big, 'a', 'b', 'c', 'd')
    await insert(kind, small, 'e')
    await insert(kind, other, 'f', 'g')
    const served: string[] = []
    let after = ''
    for (let turn = 0; turn < 7; turn++) {
      const claimed = await claim(kind, { max: 1, after })
      after = claimed.after
      served.push(...claimed.tasks.map(({ organizationId }) => organizationId))
    }
    assert.deepEqual(served, [big, small, other, big, other, big, big])
  })

  it('limits the running tasks of an organization, also in one claim', async () => {
    const { tasks } = fixture.database
    const kind = newKind()
    const [big = '', small = ''] = await organizations(2)
    await insert(kind, big, 'a', 'b', 'c', 'd')
    await insert(kind, small, 'e', 'f', 'g')
    const first = await claim(kind, { maxPerOrganization: 2 })
    assert.deepEqual(first.tasks.map(({ key }) => key).sort(), ['a', 'b', 'e', 'f'])
    assert.equal((await claim(kind, { maxPerOrganization: 2 })).tasks.length, 0)
    const ended = first.tasks.find(({ key }) => key === 'a') ?? assert.fail()
    await tasks.finish(ended)
    const next = await claim(kind, { maxPerOrganization: 2 })
    assert.deepEqual(
      next.tasks.map(({ key }) => key),
      ['c'],
    )
  })

  it('reaches every one of many organizations, with and without a task that is due', async () => {
    const kind = newKind()
    const ids = await organizations(40)
    const { tasks } = fixture.database
    await Promise.all(
      ids.map((id, index) =>
        tasks.insert({ ...taskOf(kind, id, id), runAtMs: NOW_MS + (index % 3 === 0 ? 0 : 1) }),
      ),
    )
    const due = ids.filter((_, index) => index % 3 === 0)
    const { tasks: claimed, isExhausted } = await claim(kind, { max: 50, after: ids[20] ?? '' })
    assert.deepEqual(claimed.map(({ organizationId }) => organizationId).sort(), due)
    assert.equal(isExhausted, true)
  })

  it('gives each task to one of many concurrent claims, within the limit of the organization', async () => {
    const kind = newKind()
    const ids = await organizations(4)
    for (const id of ids) await insert(kind, id, ...Array.from({ length: 10 }, (_, n) => `${id} ${n}`))
    const claims = Array.from({ length: 12 }, (_, n) =>
      claim(kind, { max: 3, maxPerOrganization: 2, after: ids[n % 4] ?? '' }),
    )
    const claimed = (await Promise.all(claims)).flatMap(({ tasks }) => tasks)
    // A claim skips an organization that another one is counting; a later claim finds the rest.
    claimed.push(...(await claim(kind, { max: 50, maxPerOrganization: 2 })).tasks)
    assert.equal(new Set(claimed.map(({ id }) => id)).size, claimed.length)
    for (const id of ids) assert.equal(claimed.filter((task) => task.organizationId === id).length, 2)
  })

  it('gives a task whose lease has expired to another worker, and the first one has lost it', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    const lost = await claimOne(kind)
    assert.equal(await tasks.renew(lost, NOW_MS + 2 * LEASE_MS), true)
    await tasks.releaseExpired(NOW_MS + 2 * LEASE_MS - 1, 100)
    assert.equal((await claim(kind)).tasks.length, 0)
    assert.ok((await tasks.releaseExpired(NOW_MS + 2 * LEASE_MS, 100)) >= 1)
    assert.match(String((await tasks.find(id, kind, 'a'))?.lastError), /without a result/)
    const task = await claimOne(kind)
    assert.equal(task.attempt, 2)
    const change: TaskChange = () => insertTask(taskOf(kind, id, 'never'))
    const results = [
      await tasks.renew(lost, NOW_MS + 9 * LEASE_MS),
      await tasks.finish(lost, change),
      await tasks.retry(lost, NOW_MS, 'late'),
      await tasks.release(lost),
      await tasks.bury(lost, NOW_MS, 'late', change),
    ]
    assert.deepEqual(results, [false, false, false, false, false])
    assert.equal(await tasks.find(id, kind, 'never'), null)
    assert.equal(await tasks.finish(task), true)
  })

  it('ends a task and changes other records in one transaction, or does neither', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    const task = await claimOne(kind)
    const failing: TaskChange = function* () {
      yield* insertTask(taskOf(kind, id, 'never'))
      throw new Error('the change failed')
    }
    await assert.rejects(tasks.finish(task, failing), /the change failed/)
    await assert.rejects(tasks.bury(task, NOW_MS, 'given up', failing), /the change failed/)
    assert.equal(await tasks.find(id, kind, 'never'), null)
    assert.equal((await tasks.find(id, kind, 'a'))?.state, 'running')
    const isOwned: boolean[] = []
    const next: TaskChange = function* () {
      isOwned.push(yield* ownTask(task))
      yield* insertTask(taskOf(kind, id, 'next'))
    }
    assert.equal(await tasks.finish(task, next), true)
    assert.deepEqual(isOwned, [false])
    assert.equal((await claimOne(kind)).key, 'next')
  })

  it('tells inside a transaction if the worker still has the task', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a', 'b')
    const first = await claimOne(kind)
    const second = await claimOne(kind)
    await tasks.cancel(id, kind, second.key)
    const owned: boolean[] = []
    await tasks.finish(first, function* () {
      owned.push(yield* ownTask(second))
    })
    await insert(kind, id, 'c', 'd')
    const third = await claimOne(kind)
    const fourth = await claimOne(kind)
    await tasks.finish(third, function* () {
      owned.push(yield* ownTask(fourth))
    })
    assert.deepEqual(owned, [false, true])
  })

  it('runs a failed task again at its time, with the next attempt', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    assert.equal(await tasks.retry(await claimOne(kind), NOW_MS + 50, `no\0 luck ${'x'.repeat(5000)}`), true)
    const status = await tasks.find(id, kind, 'a')
    assert.match(String(status?.lastError), /^no luck x{900,}$/)
    assert.deepEqual([status?.state, status?.attempts, status?.runAtMs], ['ready', 1, NOW_MS + 50])
    assert.equal((await claim(kind)).tasks.length, 0)
    const again = await claimOne(kind, NOW_MS + 50)
    assert.equal(again.attempt, 2)
    assert.equal(await tasks.release(again), true)
    assert.equal((await claimOne(kind, NOW_MS + 50)).attempt, 2)
  })

  it('keeps a task that was given up as a dead letter, the newest of its key, for some time', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    for (const [error, endMs] of [
      ['first', NOW_MS],
      ['second', NOW_MS + 10],
    ] as const) {
      await insert(kind, id, 'a')
      assert.equal(await tasks.bury(await claimOne(kind), endMs, error), true)
    }
    const status = await tasks.find(id, kind, 'a')
    assert.deepEqual([status?.state, status?.lastError], ['dead', 'second'])
    assert.equal((await claim(kind)).tasks.length, 0)
    assert.equal((await tasks.count(kind, 100)).dead, 1)
    await tasks.forgetDead(NOW_MS + 10, 100)
    assert.equal((await tasks.count(kind, 100)).dead, 1)
    await tasks.forgetDead(NOW_MS + 11, 100)
    assert.equal(await tasks.find(id, kind, 'a'), null)
  })

  it('cancels a waiting task, and a running one, whose worker loses it', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a', 'b')
    const running = await claimOne(kind)
    assert.equal(await tasks.cancel(id, kind, 'a'), true)
    assert.equal(await tasks.cancel(id, kind, 'b'), true)
    assert.equal(await tasks.cancel(id, kind, 'b'), false)
    assert.equal(await tasks.renew(running, NOW_MS + LEASE_MS), false)
    assert.equal((await claim(kind)).tasks.length, 0)
  })

  it('brings the deadline of a task forward with its first run, and never puts it off', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'a')
    await tasks.insert({ ...taskOf(kind, id, 'b'), runAtMs: NOW_MS + 7, deadlineAtMs: NOW_MS + 9 })
    const late = NOW_MS + MAX_TASK_AGE_MS / 2
    const first = await claimOne(kind, late)
    assert.deepEqual([first.key, first.deadlineAtMs], ['a', late + DEADLINE_MS])
    await tasks.release(first)
    assert.equal((await claimOne(kind, late + 10)).deadlineAtMs, late + DEADLINE_MS)
    assert.equal((await claimOne(kind, NOW_MS + 8)).deadlineAtMs, NOW_MS + 9)
  })

  it('runs a task that has begun before those that have waited longer', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'begun')
    await tasks.retry(await claimOne(kind), NOW_MS + 5, 'no luck')
    await insert(kind, id, 'waiting', 'other')
    const keys = [await claimOne(kind, NOW_MS + 4), await claimOne(kind, NOW_MS + 5)].map(({ key }) => key)
    assert.deepEqual(
      keys.map((key) => key === 'begun'),
      [false, true],
    )
  })

  it('finds waiting tasks past their deadline beyond the limit of their organization', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    await insert(kind, id, 'running')
    await claimOne(kind)
    await tasks.insert({ ...taskOf(kind, id, 'overdue'), runAtMs: NOW_MS + 90, deadlineAtMs: NOW_MS + 5 })
    await insert(kind, id, 'waiting')
    const overdue = (nowMs: number) =>
      tasks.claimOverdue({ kind, nowMs, leaseUntilMs: nowMs + LEASE_MS, max: 10 })
    assert.deepEqual(await overdue(NOW_MS + 4), [])
    const found = await overdue(NOW_MS + 5)
    assert.deepEqual(
      found.map(({ key, attempt }) => [key, attempt]),
      [['overdue', 1]],
    )
    assert.deepEqual(await overdue(NOW_MS + 5), [])
  })

  it('counts the tasks of a kind up to a limit', async () => {
    const { tasks } = fixture.database
    const [kind, id] = [newKind(), await fixture.newOrganization()]
    const none = { waiting: 0, running: 0, dead: 0, oldestCreatedAtMs: null }
    assert.deepEqual(await tasks.count(kind, 10), none)
    await insert(kind, id, 'a', 'b', 'c', 'd')
    await claimOne(kind)
    await tasks.bury(await claimOne(kind), NOW_MS, 'given up')
    assert.deepEqual(await tasks.count(kind, 10), {
      ...{ waiting: 2, running: 1, dead: 1, oldestCreatedAtMs: NOW_MS },
    })
    assert.equal((await tasks.count(kind, 1)).waiting, 1)
  })
}
