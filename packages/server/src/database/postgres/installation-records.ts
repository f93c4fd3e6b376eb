import type { InstallationRecords } from '../records/installation.ts'
import { INSERT_API_KEY, insertParameters } from '../sql/api-key-statements.ts'
import { createInstallationStatements, INSERT_ORGANIZATION } from '../sql/installation-statements.ts'
import type { Connection } from './connection.ts'

export function createInstallationRecords({ statements, transaction }: Connection): InstallationRecords {
  return {
    ...createInstallationStatements(statements),

    createOrganization: ({ id, name, storageLimitBytes, createdAtMs }, key) =>
      transaction(async ({ change }) => {
        const { count } = await change(INSERT_ORGANIZATION, { id, name, storageLimitBytes, createdAtMs })
        if (count === 0) return false
        await change(INSERT_API_KEY, insertParameters(id, key))
        return true
      }),
  }
}
