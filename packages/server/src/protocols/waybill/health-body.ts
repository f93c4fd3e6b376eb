import type { DependencyHealth } from '../../operations/health/create-health-check.ts'

/** Returns the status and body of a health check: 200 when all dependencies are up, also when a disk is full. */
export function healthBody(health: readonly DependencyHealth[]) {
  const areAllUp = health.every(({ isUp }) => isUp)
  const isReadOnly = health.some(({ isFull }) => isFull)
  const overall = isReadOnly ? ('read_only' as const) : ('ok' as const)
  const components = health.map(({ name, kind, isUp, isFull, delayMs }) => ({
    name,
    kind,
    status: isUp ? (isFull ? ('full' as const) : ('ok' as const)) : ('down' as const),
    delay_ms: delayMs,
  }))
  const dependencies = components.map(({ name, ...fields }) => [name, fields])
  return {
    status: areAllUp ? 200 : 503,
    body: {
      status: areAllUp ? overall : ('down' as const),
      dependencies: Object.fromEntries(dependencies),
      components,
    },
  }
}
