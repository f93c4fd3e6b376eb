import type { Context } from '../../operations/context.ts'
import { getOrganization } from '../../operations/organizations/get-organization.ts'
import { callerOf, requireScope } from '../http/authenticated.ts'
import { URLS } from '../urls.ts'
import type { ContractPlugin } from './contract/contract-plugin.ts'
import { ORGANIZATIONS } from './contract/organizations.ts'
import { toOrganizationBody } from './organization-body.ts'

/** What an organization may see of itself. Creating and changing organizations is the operator's. */
export function organizationRoutes(context: Context): ContractPlugin {
  return (app, _options, done) => {
    app.get(
      URLS.organization,
      { onRequest: requireScope(context, getOrganization.scope), schema: ORGANIZATIONS.getOrganization },
      async (request) => toOrganizationBody(await getOrganization(context, callerOf(request))),
    )
    done()
  }
}
