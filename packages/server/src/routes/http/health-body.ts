import type { DependencyHealth } from '../../operations/create-health-check.ts'

/** What HTTP says of the dependencies: all is well only where each of them is. */
export function healthBody(health: readonly DependencyHealth[]) {
  const areAllUp = health.every(({ isUp }) => isUp)
  const state = (isUp: boolean) => (isUp ? ('ok' as const) : ('down' as const))
  const components = health.map(({ name, kind, isUp, delayMs }) => ({
    name,
    kind,
    status: state(isUp),
    delay_ms: delayMs,
  }))
  const dependencies = components.map(({ name, ...fields }) => [name, fields])
  return {
    status: areAllUp ? 200 : 503,
    body: { status: state(areAllUp), dependencies: Object.fromEntries(dependencies), components },
  }
}
