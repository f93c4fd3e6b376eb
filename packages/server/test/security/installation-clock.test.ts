import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openDatabase } from '../../src/compose/open-database.ts'
import {
  CLOCK_TOLERANCE_MS,
  createInstallationClock,
  readInstallationTime,
} from '../../src/operations/installation/installation-clock.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 10, 30)
const DAY_MS = 24 * 60 * 60 * 1000

/** Creates an installation on a machine whose clock the test controls. */
async function createMachine() {
  const { installation, close } = await openDatabase({ kind: 'sqlite', path: ':memory:' })
  const time = { systemMs: NOW_MS, monotonicMs: 0 }
  const warnings: object[] = []
  const clocks = { system: () => time.systemMs, monotonic: () => time.monotonicMs }
  const start = () => createInstallationClock(installation, { warn: (facts) => warnings.push(facts) }, clocks)
  const pass = (ms: number) => {
    time.systemMs += ms
    time.monotonicMs += ms
  }
  return { installation, time, warnings, start, pass, close }
}

describe('the clock of an installation', () => {
  it('follows the clock of the machine', async () => {
    const { start, pass, close } = await createMachine()
    const clock = start()
    await clock.sync()
    assert.equal(clock.now(), NOW_MS)
    pass(5000)
    assert.equal(clock.now(), NOW_MS + 5000)
    await close()
  })

  it('stands still without a warning during a small setback', async () => {
    const { start, pass, time, warnings, close } = await createMachine()
    const clock = start()
    await clock.sync()
    time.systemMs -= 2000
    assert.equal(clock.now(), NOW_MS)
    pass(1000)
    assert.equal(clock.now(), NOW_MS)
    await clock.sync()
    pass(1500)
    assert.equal(clock.now(), NOW_MS + 500)
    assert.deepEqual(warnings, [])
    await close()
  })

  it('continues from its last time after a large setback, with one warning, until the clock is correct', async () => {
    const { start, pass, time, warnings, close } = await createMachine()
    const clock = start()
    await clock.sync()
    time.systemMs -= DAY_MS
    pass(5000)
    assert.equal(clock.now(), NOW_MS + 5000)
    await clock.sync()
    pass(5000)
    await clock.sync()
    assert.equal(clock.now(), NOW_MS + 10_000)
    assert.equal(warnings.length, 1)
    time.systemMs += DAY_MS + 1000
    assert.equal(clock.now(), NOW_MS + 11_000)
    await close()
  })

  it('does not go back by more than the tolerance after a restart or in another process', async () => {
    const { installation, start, pass, time, warnings, close } = await createMachine()
    const before = start()
    await before.sync()
    pass(DAY_MS)
    await before.sync()
    pass(CLOCK_TOLERANCE_MS - 1)
    const expiredMs = before.now()
    time.systemMs -= 365 * DAY_MS
    time.monotonicMs = 0
    const after = start()
    await after.sync()
    assert.ok(after.now() >= expiredMs - CLOCK_TOLERANCE_MS)
    assert.equal(warnings.length, 1)
    const now = await readInstallationTime(installation)
    assert.ok(now() >= expiredMs - CLOCK_TOLERANCE_MS)
    await close()
  })

  it('is set back by a reset from a time far ahead, in every process, and no process undoes the reset', async () => {
    const { installation, start, pass, time, close } = await createMachine()
    const [first, second] = [start(), start()]
    await Promise.all([first.sync(), second.sync()])
    time.systemMs += 3650 * DAY_MS
    await Promise.all([first.sync(), second.sync()])
    time.systemMs -= 3650 * DAY_MS
    await first.sync()
    assert.ok(first.now() > NOW_MS + 3000 * DAY_MS)
    await installation.resetClock(time.systemMs)
    pass(1000)
    for (const clock of [first, second, start()]) {
      await clock.sync()
      assert.equal(clock.now(), NOW_MS + 1000)
    }
    assert.equal((await installation.clock())?.latestMs, NOW_MS + 1000)
    await close()
  })
})
