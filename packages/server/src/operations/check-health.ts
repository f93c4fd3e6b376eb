import type { Context } from './context.ts'

export interface DependencyHealth {
  readonly name: 'database' | 'storage'
  readonly kind: string
  readonly isUp: boolean
}

/** Asks each dependency for a sign of life. Never throws. */
export async function checkHealth({ database, storage }: Context): Promise<DependencyHealth[]> {
  const isUp = (probe: Promise<unknown>) =>
    probe.then(
      () => true,
      () => false,
    )
  return [
    { name: 'database', kind: database.kind, isUp: await isUp(database.check()) },
    { name: 'storage', kind: storage.kind, isUp: await isUp(storage.stat('health')) },
  ]
}
