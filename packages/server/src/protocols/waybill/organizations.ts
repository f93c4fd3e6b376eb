import { getOrganization } from '../../operations/organizations/get-organization.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { URLS } from '../urls.ts'
import { OrganizationBody, toOrganizationBody } from './organization-body.ts'
import { OrganizationParams } from './shapes.ts'

const get = endpoint(
  {
    operation: getOrganization,
    method: 'GET',
    path: URLS.organization,
    tag: 'Organizations',
    summary: 'Get the organization and its storage usage',
    params: OrganizationParams,
    responses: { 200: { description: 'The organization.', body: OrganizationBody } },
    errors: [],
  },
  ({ context }) =>
    async (request) =>
      toOrganizationBody(await getOrganization(context, callerOf(request))),
)

/** The operator creates and changes organizations with the command line. */
export const ORGANIZATIONS = [get]
