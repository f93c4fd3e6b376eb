/** Path parameters of the creation URLs of upload protocols. */
export const OrganizationParams = {
  type: 'object',
  properties: { organization_id: { type: 'string', description: 'The id of the organization.' } },
  required: ['organization_id'],
} as const
