import type { IdempotentRequestRecords } from '../records/idempotent-requests.ts'
import type { Statements } from './statements.ts'

/** Adds a request or replaces one that does not count any more, in one statement: one of several concurrent wins. */
const BEGIN = `
  INSERT INTO idempotent_requests
    (organization_id, key_sha256, fingerprint, began_at_ms, lease_until_ms, response)
  VALUES ($organizationId, $keySha256, $fingerprint, $beganAtMs, $leaseUntilMs, NULL)
  ON CONFLICT (organization_id, key_sha256) DO UPDATE
    SET fingerprint = $fingerprint, began_at_ms = $beganAtMs, lease_until_ms = $leaseUntilMs, response = NULL
    WHERE idempotent_requests.began_at_ms < $forgetBeforeMs
      OR (idempotent_requests.response IS NULL AND idempotent_requests.lease_until_ms <= $beganAtMs)`

const OWN = `organization_id = $organizationId AND key_sha256 = $keySha256 AND began_at_ms = $beganAtMs
  AND fingerprint = $fingerprint AND response IS NULL`

const FIND = `SELECT fingerprint, response FROM idempotent_requests
  WHERE organization_id = $organizationId AND key_sha256 = $keySha256`

/** Requests with idempotency keys, equal on both databases. */
export function createIdempotentRequestStatements({ get, change }: Statements): IdempotentRequestRecords {
  return {
    begin: async (organizationId, request, forgetBeforeMs) => {
      const { count } = await change(BEGIN, { organizationId, ...request, forgetBeforeMs })
      if (count > 0) return null
      const row = await get(FIND, { organizationId, keySha256: request.keySha256 })
      // Abandoned in between: the caller asks again, as for a running request.
      if (row === null) return { fingerprint: request.fingerprint, response: null }
      return {
        fingerprint: String(row.fingerprint),
        response: row.response === null ? null : String(row.response),
      }
    },

    renew: async (organizationId, { keySha256, fingerprint, beganAtMs }, leaseUntilMs) => {
      const parameters = { organizationId, keySha256, fingerprint, beganAtMs, leaseUntilMs }
      await change(`UPDATE idempotent_requests SET lease_until_ms = $leaseUntilMs WHERE ${OWN}`, parameters)
    },

    complete: async (organizationId, { keySha256, fingerprint, beganAtMs }, response) => {
      const parameters = { organizationId, keySha256, fingerprint, beganAtMs, response }
      await change(`UPDATE idempotent_requests SET response = $response WHERE ${OWN}`, parameters)
    },

    abandon: async (organizationId, { keySha256, fingerprint, beganAtMs }) => {
      const parameters = { organizationId, keySha256, fingerprint, beganAtMs }
      await change(`DELETE FROM idempotent_requests WHERE ${OWN}`, parameters)
    },

    forget: async (beforeMs, limit) => {
      const { count } = await change(
        `DELETE FROM idempotent_requests WHERE (organization_id, key_sha256) IN (
           SELECT organization_id, key_sha256 FROM idempotent_requests WHERE began_at_ms < $beforeMs LIMIT $limit)`,
        { beforeMs, limit },
      )
      return count
    },
  }
}
