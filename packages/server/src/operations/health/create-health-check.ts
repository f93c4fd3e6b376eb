import type { Context } from '../context.ts'
import { createProbe, type ProbeResult } from './create-probe.ts'

export interface DependencyHealth extends ProbeResult {
  readonly name: 'database' | 'storage'
  readonly kind: string
  /** True when its disk is full and only reads and deletes are possible. */
  readonly isFull: boolean
}

/** Checks each dependency, with a time limit. Never throws. */
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
    const freeBytes = await one.roomBytes().catch(() => null)
    return freeBytes !== null && freeBytes <= 0
  }
  return async () => {
    const [databaseResult, storageResult] = await Promise.all([probeDatabase(), probeStorage()])
    return [
      { name: 'database', kind: database.kind, isFull: await isFull(database), ...databaseResult },
      { name: 'storage', kind: storage.kind, isFull: await isFull(storage), ...storageResult },
    ]
  }
}
