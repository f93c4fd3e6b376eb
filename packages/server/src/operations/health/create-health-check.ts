import type { Context } from '../context.ts'
import { createProbe, type ProbeResult } from './create-probe.ts'

export interface DependencyHealth extends ProbeResult {
  readonly name: 'database' | 'storage'
  readonly kind: string
  /** True when its disk is full and only reads and deletes are possible. */
  readonly isFull: boolean
}

/** Asks each dependency for a sign of life, and waits for it a limited time. Never throws. */
export type CheckHealth = () => Promise<DependencyHealth[]>

const TIMEOUT_MS = 2000

export function createHealthCheck({
  database,
  storage,
  log,
}: Pick<Context, 'database' | 'storage' | 'log'>): CheckHealth {
  const probeOf = (dependency: string, check: () => Promise<void>) =>
    createProbe(check, TIMEOUT_MS, (err) => log.warn({ dependency, err }, 'a dependency is down'))
  const probeDatabase = probeOf('database', () => database.check())
  const probeStorage = probeOf('storage', () => storage.check())
  const isFull = async (one: Pick<Context['storage'], 'roomBytes'>) => {
    const room = await one.roomBytes().catch(() => null)
    return room !== null && room <= 0
  }
  return async () => {
    const [databaseResult, storageResult] = await Promise.all([probeDatabase(), probeStorage()])
    return [
      { name: 'database', kind: database.kind, isFull: await isFull(database), ...databaseResult },
      { name: 'storage', kind: storage.kind, isFull: await isFull(storage), ...storageResult },
    ]
  }
}
