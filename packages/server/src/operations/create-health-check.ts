import type { Context } from './context.ts'
import { createProbe, type ProbeResult } from './create-probe.ts'

export interface DependencyHealth extends ProbeResult {
  readonly name: 'database' | 'storage'
  readonly kind: string
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
  return async () => {
    const [databaseResult, storageResult] = await Promise.all([probeDatabase(), probeStorage()])
    return [
      { name: 'database', kind: database.kind, ...databaseResult },
      { name: 'storage', kind: storage.kind, ...storageResult },
    ]
  }
}
