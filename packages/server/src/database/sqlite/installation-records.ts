import type { InstallationRecords } from '../records/installation.ts'
import { INSERT_API_KEY, insertParameters } from '../sql/api-key-statements.ts'
import { createInstallationStatements, INSERT_ORGANIZATION } from '../sql/installation-statements.ts'
import type { Connection } from './connection.ts'

export function createInstallationRecords({ statements, write }: Connection): InstallationRecords {
  return {
    ...createInstallationStatements(statements),

    createOrganization: ({ id, name, storageLimitBytes, createdAtMs }, key) =>
      write(({ run }) => {
        const added = run(INSERT_ORGANIZATION, { id, name, storageLimitBytes, createdAtMs })
        if (added === 0) return false
        run(INSERT_API_KEY, insertParameters(id, key))
        return true
      }),
  }
}
