import type { Config } from '../config.ts'
import { describeConfig } from '../describe-config.ts'
import { createSecret } from '../domain/access/api-key.ts'
import { operatorCaller } from '../domain/access/caller.ts'
import { ServiceError } from '../domain/errors.ts'
import type { Context } from '../operations/context.ts'
import {
  type CreatedOrganization,
  createOrganization,
  type NewOrganization,
} from '../operations/organizations/create-organization.ts'
import { writeKeyFile } from './first-key.ts'
import type { Server } from './start-server.ts'
import { welcomeText } from './welcome.ts'

/**
 * Creates an organization when there is none, and prints how to upload a first file. Prints the key only on a terminal.
 * Any other output may be stored or forwarded, so the key is then written to a file.
 */
export async function welcomeFirstStart(
  { url, context }: Pick<Server, 'url' | 'context'>,
  config: Config,
): Promise<void> {
  if (await context.database.installation.hasOrganizations()) return
  const secret = createSecret()
  const file = process.stdout.isTTY ? null : await writeKeyFile(config.dataDirectory, secret)
  const created = await createUnlessTaken(context, { id: 'org_default', name: 'Default', secret })
  if (created === null) return file?.remove()
  await file?.publish()
  process.stdout.write(
    welcomeText({
      publicUrl: config.publicUrl ?? url,
      settings: new Map(describeConfig(config)),
      organizationId: created.organization.id,
      key: file ?? { secret },
    }),
  )
}

/** Creates the organization; returns null when another process, started at the same time, was first. */
async function createUnlessTaken(
  context: Context,
  organization: NewOrganization,
): Promise<CreatedOrganization | null> {
  try {
    return await createOrganization(context, operatorCaller(null), organization)
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'ORGANIZATION_ALREADY_EXISTS') return null
    throw error
  }
}
