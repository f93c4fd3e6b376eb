import type { Config } from '../../config.ts'

/** Connections that a process needs at least: one waits in a transaction while another one reads. */
const MIN_CONNECTIONS = 2

/**
 * Returns the settings of one worker: limits of what happens at the same time are divided, because each such request has
 * a connection of its own, and the connections spread over the workers.
 */
export function divideConfig(config: Config): Config {
  const { workers, database, models, maxConnectionsPerAddress } = config
  const share = (limit: number) => Math.ceil(limit / workers)
  return {
    ...config,
    database:
      database.kind === 'postgres'
        ? { ...database, maxConnections: Math.max(share(database.maxConnections), MIN_CONNECTIONS) }
        : database,
    models: { ...models, slotsPerOrganization: share(models.slotsPerOrganization) },
    maxConnectionsPerAddress: maxConnectionsPerAddress && share(maxConnectionsPerAddress),
  }
}
